package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.footprint.Footprint;
import io.streamkeeper.bench.footprint.FootprintConfig;
import io.streamkeeper.bench.peer.Peer;
import io.streamkeeper.bench.peer.PeerOptions;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.ResultFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares several servers. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs each row on several servers in alternating rounds; prints medians, ranges, and the ratios of the"
                        + " first server to each.")
public final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--peer",
            paramLabel = "PEER",
            required = true,
            description =
                    "A server: NAME:MODE, started by script NAME, or NAME=URL[,pid=PID][,http2=N], a running one; with"
                            + " https, every certificate is trusted; with http2, N streams share a connection, and there are fewer connections."
                            + " Repeatable; the first is compared with each.")
    private List<String> peers = List.of();

    @Option(
            names = "--row",
            paramLabel = "ROW",
            description =
                    "A workload: append-1, append-100, append-1k, append-10k, append-100k, append-grouped, create, read-hot,"
                            + " catch-up, mixed, mixed-in-step, churn, sse, sse-many, long-poll, webhooks, interference or footprint. Repeatable. Default: all.")
    private List<String> rows = List.of();

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "Rounds of each server in a row. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "4",
            description = "Length of a round in seconds. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "15",
            description = "Seconds of load on each server before the first round. Default: ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(names = "--barrier", description = "Count the syncs of each server under load with strace.")
    private boolean countsSyncs;

    @Mixin
    private PeerOptions options = new PeerOptions();

    @Mixin
    private ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report(spec.commandLine().getOut());
        Page page = new Page("Servers of the Durable Streams protocol, side by side", String.join(", ", peers));
        List<Peer> installed = options.installed(peers, report);
        CompareConfig config = new CompareConfig(options.directory(), rounds, seconds, warmUpSeconds, countsSyncs);
        report.print(
                "%d processors; %d alternating rounds of %d s after %d s of warm-up; medians (ranges), ratios within a round",
                Runtime.getRuntime().availableProcessors(), rounds, seconds, warmUpSeconds);
        for (String name : rows.isEmpty() ? allRows() : rows) {
            if (name.equals(Footprint.NAME)) {
                new Footprint(footprint(), report).run(installed, page);
            } else if (name.equals(Interference.NAME)) {
                new Interference(config, Interference.Load.DEFAULT, report).run(installed, page);
            } else {
                new RowRun(Row.named(name), config, report).run(installed, page);
            }
            files.write(report, page);
        }
        return 0;
    }

    private static List<String> allRows() {
        List<String> all = new ArrayList<>(Row.ALL.stream().map(Row::name).toList());
        all.add(Interference.NAME);
        all.add(Footprint.NAME);
        return all;
    }

    private FootprintConfig footprint() {
        return new FootprintConfig(
                options.directory(),
                rounds,
                rounds,
                warmUpSeconds,
                FootprintConfig.STREAMS,
                FootprintConfig.SUBSCRIBERS,
                FootprintConfig.Part.ALL);
    }
}
