package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares servers. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs each row on several servers in turn, round after round, and tells medians, ranges and the ratios"
                        + " of the first server to each.")
public final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--peer",
            paramLabel = "PEER",
            required = true,
            description = "A server: NAME:MODE, which a script starts, or NAME=URL[,pid=PID] if it runs. Several; the"
                    + " first is compared with each.")
    private List<String> peers = List.of();

    @Option(
            names = "--row",
            paramLabel = "ROW",
            description = "What is run: append-1, append-100, append-1k, append-10k, append-100k, create, read-hot,"
                    + " catch-up, mixed, churn, sse, sse-many, long-poll, footprint. Several. Default: all.")
    private List<String> rows = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "Of each server in a row. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "4", description = "Of a round. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "15",
            description = "Seconds of each server before the first round. Default: ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(names = "--barrier", description = "Count the syncs of each server under load, with strace.")
    private boolean barrier;

    @Mixin
    private PeerOptions options = new PeerOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write one page with the figures and their curves.")
    private @Nullable Path html;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report(spec.commandLine().getOut());
        Page page = new Page("Servers of the Durable Streams protocol, side by side", String.join(", ", peers));
        List<Peer> there = there(report);
        CompareConfig config = new CompareConfig(options.directory(), rounds, seconds, warmUpSeconds, barrier);
        report.say(
                "%d processors; %d rounds of %d s in turn after %d s of warm-up; medians (ranges), ratios of the same round",
                Runtime.getRuntime().availableProcessors(), rounds, seconds, warmUpSeconds);
        for (String name : rows.isEmpty() ? allRows() : rows) {
            if (name.equals(Footprint.NAME)) {
                new Footprint(config, report).run(there, page);
            } else {
                new RowRun(Row.named(name), config, report).run(there, page);
            }
            report.writeTo(json);
            if (html != null) {
                page.writeTo(html);
            }
        }
        return 0;
    }

    private static List<String> allRows() {
        List<String> all = new ArrayList<>(Row.ALL.stream().map(Row::name).toList());
        all.add(Footprint.NAME);
        return all;
    }

    /** The servers that are installed; the others are told with what installs them. */
    private List<Peer> there(Report report) throws IOException, InterruptedException {
        List<Peer> found = new ArrayList<>();
        for (String text : peers) {
            Peer peer = options.peer(text);
            String missing = peer.missing();
            if (missing.isEmpty()) {
                found.add(peer);
            } else {
                report.say("%s is not installed and left out; to install it: %s", peer.name(), missing);
            }
        }
        if (found.isEmpty()) {
            throw new IOException("none of " + peers + " is installed");
        }
        return found;
    }
}
