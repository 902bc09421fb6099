package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.RandomPick;
import io.streamkeeper.bench.process.ServerProcess;
import io.streamkeeper.bench.process.ServerSetup;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Appends at a fixed rate, with or without a concurrent churn, and classifies the time windows by maintenance. */
public final class LatencyRun {
    private static final String PREFIX = "t/";
    private static final long SEED = 11;
    private static final int CHURN_CONNECTIONS = 8;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SETUP_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

    private final LatencyConfig config;
    private final Report report;

    public LatencyRun(LatencyConfig config, Report report) {
        this.config = config;
        this.report = report;
    }

    public void run(ServerSetup setup) throws IOException, InterruptedException {
        try (ServerProcess server = setup.start();
                LoadClient client = new LoadClient(config.connections());
                LoadClient churner = new LoadClient(CHURN_CONNECTIONS)) {
            client.run(
                    server.address(),
                    new NumberedRange(NumberedRequest.create(PREFIX, 0), 0, config.streams()),
                    Pacing.closedLoop(),
                    Measurement.whole(),
                    SETUP_NANOS_MAX);
            CompletableFuture<Void> churn = startChurn(churner, server);
            append(client, server, Measurement.whole(), config.warmUpSeconds());
            Measurement measured = append(client, server, Measurement.inWindows(WINDOW_NANOS), config.seconds());
            LoadClient.await(churn);
            server.stop();
            print(measured, Maintenance.of(server.log()));
        }
    }

    private CompletableFuture<Void> startChurn(LoadClient churner, ServerProcess server) {
        if (config.churnRate() == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return churner.start(
                server.address(),
                new ChurnWorkload(ChurnConfig.background(config.churnLiveBytes()), CHURN_CONNECTIONS, new ChurnTally()),
                new Pacing(config.churnRate()),
                Measurement.whole(),
                TimeUnit.SECONDS.toNanos(config.warmUpSeconds() + config.seconds()));
    }

    private Measurement append(LoadClient client, ServerProcess server, Measurement measurement, int seconds)
            throws IOException, InterruptedException {
        NumberedRequest append = NumberedRequest.append(PREFIX, config.appendBytes());
        return client.run(
                server.address(),
                new RandomPick(append, RandomPick.streams(config.streams(), config.streams(), SEED), SEED),
                new Pacing(config.rate()),
                measurement,
                TimeUnit.SECONDS.toNanos(seconds));
    }

    private void print(Measurement measured, Maintenance maintenance) {
        long startNanos = measured.windowStartNanos(0);
        long endNanos = measured.windowStartNanos(measured.windows().size());
        report.print(
                "%,d appends of %d B to %,d streams at %,.0f/s; %d checkpoints, %d compactions; by status %s",
                measured.count(),
                config.appendBytes(),
                config.streams(),
                config.rate(),
                maintenance.count(Maintenance.Kind.CHECKPOINT, startNanos, endNanos),
                maintenance.count(Maintenance.Kind.COMPACTION, startNanos, endNanos),
                measured.byStatus());
        report.print("%-11s %s", "all", figures(measured.latencies()));
        report.root()
                .put("rate", config.rate())
                .put("failures", measured.failures())
                .put(measured.latencies());
        putWindows(measured, maintenance);
        printClasses(WindowClasses.of(measured, maintenance));
    }

    private void putWindows(Measurement measured, Maintenance maintenance) {
        for (int index = 0; index < measured.windows().size(); index++) {
            report.root()
                    .add("windows")
                    .put("class", WindowClasses.name(measured, maintenance, index))
                    .put(measured.windows().get(index));
        }
    }

    private void printClasses(Map<String, WindowClasses.WindowClass> classes) {
        WindowClasses.WindowClass quiet = classes.get(WindowClasses.QUIET);
        classes.forEach((name, windows) -> {
            Spread p99s = windows.p99s();
            report.print(
                    "%-11s %s; %d windows, p99 of a window: median %s (%s to %s)%s",
                    name,
                    figures(windows.latencies()),
                    windows.windows(),
                    Figures.millis((long) p99s.median()),
                    Figures.millis((long) p99s.min()),
                    Figures.millis((long) p99s.max()),
                    quiet == null || quiet == windows ? "" : ratios(windows, quiet));
            report.root()
                    .add("classes")
                    .put("class", name)
                    .put("windows", windows.windows())
                    .put("windowP99Nanos", p99s)
                    .put(windows.latencies());
        });
    }

    private static String ratios(WindowClasses.WindowClass windows, WindowClasses.WindowClass quiet) {
        return String.format(
                Locale.ROOT,
                "; against quiet: p99 x %.2f, median p99 of a window x %.2f",
                (double) windows.latencies().getValueAtPercentile(99)
                        / quiet.latencies().getValueAtPercentile(99),
                windows.p99s().median() / quiet.p99s().median());
    }

    private static String figures(Histogram latencies) {
        return String.format(
                Locale.ROOT,
                "p50 %s, p99 %s, p99.9 %s, max %s",
                Figures.millis(latencies.getValueAtPercentile(50)),
                Figures.millis(latencies.getValueAtPercentile(99)),
                Figures.millis(latencies.getValueAtPercentile(99.9)),
                Figures.millis(latencies.getMaxValue()));
    }
}
