package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.process.ServerOptions;
import io.streamkeeper.bench.process.SizeConverter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the latency of appends at a fixed rate, with and without maintenance of the server's files. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = "Appends at a fixed rate; compares windows of 1 s with and without checkpoints and compactions.")
public final class LatencyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--rate", defaultValue = "2000", description = "Appends per second. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            description = "Length of the measurement in seconds. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "5",
            description = "Seconds before the measurement. Default: ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(names = "--streams", defaultValue = "1000", description = "Number of streams. Default: ${DEFAULT-VALUE}")
    private int streams;

    @Option(
            names = "--connections",
            defaultValue = "64",
            description = "Number of connections. Default: ${DEFAULT-VALUE}")
    private int connections;

    @Option(
            names = "--append-bytes",
            defaultValue = "256",
            converter = SizeConverter.class,
            description = "Bytes of an append. Default: ${DEFAULT-VALUE}")
    private long appendBytes;

    @Option(
            names = "--churn-rate",
            defaultValue = "0",
            description = "Requests per second of a concurrent churn, which causes compactions; 0 for none."
                    + " Default: ${DEFAULT-VALUE}")
    private double churnRate;

    @Option(
            names = "--churn-live-bytes",
            defaultValue = "64MiB",
            converter = SizeConverter.class,
            description = "Approximate bytes of the live streams of the churn. Default: ${DEFAULT-VALUE}")
    private long churnLiveBytes;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        LatencyConfig config = new LatencyConfig(
                rate, seconds, warmUpSeconds, streams, connections, (int) appendBytes, churnRate, churnLiveBytes);
        return Scenario.execute(server, out, (setup, report) -> new LatencyRun(config, report).run(setup));
    }
}
