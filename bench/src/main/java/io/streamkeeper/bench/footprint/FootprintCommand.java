package io.streamkeeper.bench.footprint;

import io.streamkeeper.bench.footprint.FootprintConfig.Part;
import io.streamkeeper.bench.peer.Peer;
import io.streamkeeper.bench.peer.PeerOptions;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.ResultFiles;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the start and the memory of servers. */
@Command(
        name = Footprint.NAME,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Prints the time from the start of a server to its first response, and its resident memory: idle,"
                + " after the workloads append-1 and mixed, and for each idle stream and each idle subscriber.")
public final class FootprintCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--peer",
            paramLabel = "NAME:MODE",
            defaultValue = "streamkeeper:fsync",
            description = "A server: the name of its script, and the mode, such as streamkeeper:fsync@server.jar."
                    + " Repeatable. Default: ${DEFAULT-VALUE}")
    private List<String> peers = List.of();

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "What to measure: ${COMPLETION-CANDIDATES}. Repeatable. Default: all.")
    private Set<Part> parts = Part.ALL;

    @Option(names = "--starts", defaultValue = "10", description = "Starts of each server. Default: ${DEFAULT-VALUE}")
    private int starts;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Measurements of each other part, on new processes. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "Length of append-1 and mixed in seconds. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--streams",
            defaultValue = "" + FootprintConfig.STREAMS,
            description = "Number of idle streams. Default: ${DEFAULT-VALUE}")
    private int streams;

    @Option(
            names = "--subscribers",
            defaultValue = "" + FootprintConfig.SUBSCRIBERS,
            description = "Number of idle subscribers. Default: ${DEFAULT-VALUE}")
    private int subscribers;

    @Mixin
    private PeerOptions options = new PeerOptions();

    @Mixin
    private ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report(spec.commandLine().getOut());
        Page page = new Page("Start and memory of servers", String.join(", ", peers));
        FootprintConfig config =
                new FootprintConfig(options.directory(), starts, rounds, seconds, streams, subscribers, parts);
        List<Peer> installed = options.installed(peers, report);
        new Footprint(config, report).run(installed, page);
        files.write(report, page);
        return 0;
    }
}
