package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.RandomPick;
import io.streamkeeper.bench.process.ProcessSample;
import io.streamkeeper.bench.process.ServerOptions;
import io.streamkeeper.bench.process.ServerProcess;
import io.streamkeeper.bench.process.ServerSetup;
import io.streamkeeper.bench.process.SizeConverter;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Appends to random streams in a closed loop: the baseline for the load generator and for the server. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Appends to random streams; each connection sends when it has the last response.")
public final class LoadCommand implements Callable<Integer> {
    private static final String PREFIX = "l/";
    private static final long SEED = 1;
    private static final long SETUP_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--streams", defaultValue = "1000", description = "Number of streams. Default: ${DEFAULT-VALUE}")
    private int streams;

    @Option(
            names = "--connections",
            defaultValue = "64",
            description = "Number of connections. Default: ${DEFAULT-VALUE}")
    private int connections;

    @Option(
            names = "--append-bytes",
            defaultValue = "100",
            converter = SizeConverter.class,
            description = "Bytes of an append. Default: ${DEFAULT-VALUE}")
    private long appendBytes;

    @Option(
            names = "--warm-up",
            defaultValue = "5",
            description = "Seconds before the measurement. Default: ${DEFAULT-VALUE}")
    private int warmUpSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "Length of the measurement in seconds. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        return Scenario.execute(server, out, this::run);
    }

    private void run(ServerSetup setup, Report report) throws IOException, InterruptedException {
        try (ServerProcess process = setup.start();
                LoadClient client = new LoadClient(connections)) {
            NumberedRequest create = NumberedRequest.create(PREFIX, 0);
            client.run(
                    process.address(),
                    new NumberedRange(create, 0, streams),
                    Pacing.closedLoop(),
                    Measurement.whole(),
                    SETUP_NANOS_MAX);
            append(client, process, warmUpSeconds);
            double serverBefore = process.sample().cpuSeconds();
            double clientBefore =
                    ProcessSample.of(ProcessHandle.current().pid()).cpuSeconds();
            Measurement measured = append(client, process, seconds);
            double serverCores = (process.sample().cpuSeconds() - serverBefore) / measured.seconds();
            double clientCores =
                    (ProcessSample.of(ProcessHandle.current().pid()).cpuSeconds() - clientBefore) / measured.seconds();
            process.stop();
            print(report, measured, serverCores, clientCores);
        }
    }

    private Measurement append(LoadClient client, ServerProcess process, int forSeconds)
            throws IOException, InterruptedException {
        NumberedRequest append = NumberedRequest.append(PREFIX, (int) appendBytes);
        return client.run(
                process.address(),
                new RandomPick(append, RandomPick.streams(streams, streams, SEED), SEED),
                Pacing.closedLoop(),
                Measurement.whole(),
                TimeUnit.SECONDS.toNanos(forSeconds));
    }

    private void print(Report report, Measurement measured, double serverCores, double clientCores) {
        Histogram latencies = measured.latencies();
        report.print(
                "%,.0f appends/s of %d B to %,d streams over %d connections; p50 %s, p99 %s, max %s",
                measured.perSecond(),
                appendBytes,
                streams,
                connections,
                Figures.millis(latencies.getValueAtPercentile(50)),
                Figures.millis(latencies.getValueAtPercentile(99)),
                Figures.millis(latencies.getMaxValue()));
        report.print(
                "cores: server %.2f, client %.2f; responses by status %s",
                serverCores, clientCores, measured.byStatus());
        report.root()
                .put("appendsPerSecond", measured.perSecond())
                .put("serverCores", serverCores)
                .put("clientCores", clientCores)
                .put("failures", measured.failures())
                .put(latencies);
    }
}
