package io.streamkeeper.bench.footprint;

import io.streamkeeper.bench.load.ExactReads;
import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.RandomPick;
import io.streamkeeper.bench.load.Target;
import io.streamkeeper.bench.load.Workload;
import io.streamkeeper.bench.peer.Peer;
import io.streamkeeper.bench.peer.PeerOptions;
import io.streamkeeper.bench.peer.RunningPeer;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the restart of a killed server, and checks that no acknowledged data is lost. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fills a server with streams, kills and restarts it, and checks a sample of the streams.")
public final class RecoverCommand implements Callable<Integer> {
    private static final int CONNECTIONS = 64;
    private static final int CHECKED = 1_000;
    private static final long SEED = 11;
    private static final long FILL_NANOS_MAX = TimeUnit.MINUTES.toNanos(30);
    private static final String TYPE = "Content-Type: application/octet-stream\r\n";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--peer",
            paramLabel = "NAME:MODE",
            defaultValue = "streamkeeper:fsync",
            description = "The server to start: the name of its script, and the mode. Default: ${DEFAULT-VALUE}")
    private String peer = "";

    @Option(names = "--streams", defaultValue = "100000", description = "Number of streams. Default: ${DEFAULT-VALUE}")
    private int streams;

    @Option(
            names = "--bytes",
            defaultValue = "100",
            description = "Size of each stream in bytes. Default: ${DEFAULT-VALUE}")
    private int bytes;

    @Mixin
    private PeerOptions options = new PeerOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON to this file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report(spec.commandLine().getOut());
        Peer selected = options.peer(peer);
        try (RunningPeer server = RunningPeer.start(selected, options.directory());
                LoadClient client = new LoadClient(CONNECTIONS, server.target().transport())) {
            String path = server.target().root() + "recover-";
            NumberedRequest create = new NumberedRequest("PUT", path, "", TYPE, NumberedRequest.body(bytes));
            Measurement filled = run(client, server.target(), new NumberedRange(create, 0, streams));
            report.print(
                    "created %,d streams, %,.0f per second", filled.count() - filled.failures(), filled.perSecond());
            server.restart();
            NumberedRequest read = new NumberedRequest("GET", path, "?offset=-1", "", new byte[0]);
            ExactReads reads = new ExactReads(read, RandomPick.streams(CHECKED, streams, SEED), bytes);
            run(client, server.target(), reads);
            report.print(
                    "%s responded %s after its restart; resident %s; %,d of %,d streams read are incomplete",
                    selected.name(),
                    Figures.seconds(server.readyNanos()),
                    Figures.bytes(server.residentBytes()),
                    reads.wrong(),
                    Math.min(CHECKED, streams));
            report.root()
                    .put("server", selected.name())
                    .put("streams", streams)
                    .put("readyNanos", server.readyNanos())
                    .put("residentBytes", server.residentBytes())
                    .put("wrong", reads.wrong());
            report.writeTo(json);
            return reads.wrong() == 0 && filled.failures() == 0 ? 0 : 1;
        }
    }

    private static Measurement run(LoadClient client, Target target, Workload workload)
            throws IOException, InterruptedException {
        return client.run(target.http1Address(), workload, Pacing.closedLoop(), Measurement.whole(), FILL_NANOS_MAX);
    }
}
