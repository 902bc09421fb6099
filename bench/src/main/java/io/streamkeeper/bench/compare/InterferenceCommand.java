package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.peer.Peer;
import io.streamkeeper.bench.peer.PeerOptions;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.ResultFiles;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what readers cost writers. */
@Command(
        name = Interference.NAME,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Appends at half of the saturation rate beside a number of readers and subscribers that grows in"
                + " steps; prints the latencies of appends by step.")
public final class InterferenceCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--peer",
            paramLabel = "PEER",
            required = true,
            description = "A server: NAME:MODE, started by script NAME, or NAME=URL[,pid=PID], a running one."
                    + " Repeatable; the first is compared with each.")
    private List<String> peers = List.of();

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "Appends per second. Default: half of what the slowest server reaches with writers alone.")
    private double rate;

    @Option(
            names = "--step",
            paramLabel = "READERS:SUBSCRIBERS",
            split = ",",
            defaultValue = "0:0,1:8,2:16,4:32,8:64",
            description = "The catch-up readers and the subscribers of a step. Repeatable. Default: ${DEFAULT-VALUE}")
    private List<String> steps = List.of();

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Rounds of each server in a step. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "4",
            description = "Length of a round in seconds. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "15",
            description = "Seconds of load on each server before the first measurement." + " Default: ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Mixin
    private PeerOptions options = new PeerOptions();

    @Mixin
    private ResultFiles files = new ResultFiles();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = new Report(spec.commandLine().getOut());
        Page page = new Page("What readers cost writers", String.join(", ", peers));
        Interference.Load load = new Interference.Load(rate, Interference.Load.steps(steps));
        CompareConfig config = new CompareConfig(options.directory(), rounds, seconds, warmUpSeconds, false);
        List<Peer> installed = options.installed(peers, report);
        new Interference(config, load, report).run(installed, page);
        files.write(report, page);
        return 0;
    }
}
