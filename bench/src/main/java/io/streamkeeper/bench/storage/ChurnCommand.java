package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Workload;
import io.streamkeeper.bench.process.ServerOptions;
import io.streamkeeper.server.cli.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What streams that come and go cost: how much is written for what they get, and how much is kept for what they have. */
@Command(
        name = "churn",
        mixinStandardHelpOptions = true,
        description = "Creates, appends to, reads and ends streams, so that about as much is live all the time.")
public final class ChurnCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--live-bytes",
            defaultValue = "256MiB",
            converter = Sizes.class,
            description = "What the streams have together, about. Default: ${DEFAULT-VALUE}")
    private long liveBytes;

    @Option(names = "--seconds", defaultValue = "120", description = "Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(
            names = "--interval",
            defaultValue = "5",
            description = "Seconds between samples. Default: ${DEFAULT-VALUE}")
    private int intervalSeconds;

    @Option(names = "--connections", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}")
    private int connections;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "Requests a second; 0 for as fast as they are answered. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
            names = "--append-bytes",
            defaultValue = "1KiB",
            converter = Sizes.class,
            description = "Default: ${DEFAULT-VALUE}")
    private long appendBytes;

    @Option(names = "--appends-min", defaultValue = "12", description = "Of a stream's life. Default: ${DEFAULT-VALUE}")
    private int appendsMin;

    @Option(names = "--appends-max", defaultValue = "60", description = "Of a stream's life. Default: ${DEFAULT-VALUE}")
    private int appendsMax;

    @Option(
            names = "--read-every",
            defaultValue = "20",
            description = "One visit in so many reads; 0 for none. Default: ${DEFAULT-VALUE}")
    private int readEvery;

    @Option(
            names = "--expiring-percent",
            defaultValue = "25",
            description = "Streams that expire instead of being deleted. Default: ${DEFAULT-VALUE}")
    private int expiringPercent;

    @Option(names = "--ttl", defaultValue = "2", description = "Their Stream-TTL in seconds. Default: ${DEFAULT-VALUE}")
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
