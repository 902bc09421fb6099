package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Workload;
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

/** Measures short-lived streams: the bytes written to the device for each appended byte, and the disk space. */
@Command(
        name = "churn",
        mixinStandardHelpOptions = true,
        description = "Creates, appends to, reads and ends streams, so that the live bytes stay about constant.")
public final class ChurnCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--live-bytes",
            defaultValue = "256MiB",
            converter = SizeConverter.class,
            description = "Approximate bytes of all live streams. Default: ${DEFAULT-VALUE}")
    private long liveBytes;

    @Option(
            names = "--seconds",
            defaultValue = "120",
            description = "Length of the measurement in seconds. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--interval",
            defaultValue = "5",
            description = "Seconds between samples. Default: ${DEFAULT-VALUE}")
    private int intervalSeconds;

    @Option(
            names = "--connections",
            defaultValue = "32",
            description = "Number of connections. Default: ${DEFAULT-VALUE}")
    private int connections;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "Requests per second; 0 for a closed loop. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
            names = "--append-bytes",
            defaultValue = "1KiB",
            converter = SizeConverter.class,
            description = "Bytes of an append. Default: ${DEFAULT-VALUE}")
    private long appendBytes;

    @Option(
            names = "--appends-min",
            defaultValue = "12",
            description = "Fewest appends to a stream. Default: ${DEFAULT-VALUE}")
    private int appendsMin;

    @Option(
            names = "--appends-max",
            defaultValue = "60",
            description = "Most appends to a stream. Default: ${DEFAULT-VALUE}")
    private int appendsMax;

    @Option(
            names = "--read-every",
            defaultValue = "20",
            description = "One in this many requests reads its stream; 0 for none. Default: ${DEFAULT-VALUE}")
    private int readEvery;

    @Option(
            names = "--expiring-percent",
            defaultValue = "25",
            description = "Percentage of streams that expire instead of being deleted. Default: ${DEFAULT-VALUE}")
    private int expiringPercent;

    @Option(
            names = "--ttl",
            defaultValue = "2",
            description = "Stream-TTL of expiring streams in seconds. Default: ${DEFAULT-VALUE}")
    private int ttlSeconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ChurnConfig config = new ChurnConfig(
                liveBytes, (int) appendBytes, appendsMin, appendsMax, readEvery, expiringPercent, ttlSeconds);
        return Scenario.execute(server, out, (setup, report) -> {
            try (LoadClient client = new LoadClient(connections)) {
                ChurnTally tally = new ChurnTally();
                Workload workload = new ChurnWorkload(config, connections, tally);
                new ChurnRun(tally, setup, report).run(client, workload, new Pacing(rate), seconds, intervalSeconds);
            }
        });
    }
}
