package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.Workload;
import io.streamkeeper.bench.process.DeviceWrites;
import io.streamkeeper.bench.process.ProcessSample;
import io.streamkeeper.bench.process.ServerProcess;
import io.streamkeeper.bench.process.ServerSetup;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs a churn, and samples the bytes that the server writes and its disk space. Amplifications are taken from the
 * samples after the live bytes have reached most of their final value, because earlier ones are not representative.
 */
public final class ChurnRun {
    private static final double STEADY_SHARE = 0.8;
    private static final long SETTLE_MILLIS = 5_000;

    private record Sample(
            long seconds, long userBytes, long liveBytes, long deviceBytes, long writtenBytes, long diskBytes) {
        double writeAmplification() {
            return (double) deviceBytes / Math.max(1, userBytes);
        }

        double chargedAmplification() {
            return (double) writtenBytes / Math.max(1, userBytes);
        }

        double spaceAmplification() {
            return (double) diskBytes / Math.max(1, liveBytes);
        }
    }

    private final ChurnTally tally;
    private final ServerSetup setup;
    private final Report report;
    private final List<Sample> samples = new ArrayList<>();

    public ChurnRun(ChurnTally tally, ServerSetup setup, Report report) {
        this.tally = tally;
        this.setup = setup;
        this.report = report;
    }

    public void run(LoadClient client, Workload workload, Pacing pacing, int seconds, int intervalSeconds)
            throws IOException, InterruptedException {
        try (ServerProcess server = setup.start()) {
            DeviceWrites device = DeviceWrites.of(setup.dataDirectory() == null ? Path.of("") : setup.dataDirectory());
            Measurement measured = Measurement.whole();
            long startNanos = System.nanoTime();
            CompletableFuture<Void> run =
                    client.start(server.address(), workload, pacing, measured, TimeUnit.SECONDS.toNanos(seconds));
            for (int second = intervalSeconds; second < seconds && !run.isDone(); second += intervalSeconds) {
                sleepUntil(startNanos + TimeUnit.SECONDS.toNanos(second));
                sample(server, device, second);
            }
            LoadClient.await(run);
            sample(server, device, seconds);
            Thread.sleep(SETTLE_MILLIS);
            print(measured, setup.diskBytes(), device.bytes());
            server.stop();
        }
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos - System.nanoTime()));
    }

    private void sample(ServerProcess server, DeviceWrites device, long second)
            throws IOException, InterruptedException {
        ProcessSample process = server.sample();
        Sample sample = new Sample(
                second,
                tally.writtenUserBytes(),
                tally.liveUserBytes(),
                device.bytes(),
                process.writtenBytes(),
                setup.diskBytes());
        samples.add(sample);
        report.print(
                "%4d s: user wrote %s, live %s, written %s (x %.2f; charged x %.2f), disk %s (x %.2f), RSS %s, %d open files",
                second,
                Figures.bytes(sample.userBytes()),
                Figures.bytes(sample.liveBytes()),
                Figures.bytes(sample.deviceBytes()),
                sample.writeAmplification(),
                sample.chargedAmplification(),
                Figures.bytes(sample.diskBytes()),
                sample.spaceAmplification(),
                Figures.bytes(process.residentBytes()),
                process.openFiles());
        report.root()
                .add("samples")
                .put("second", second)
                .put("userBytes", sample.userBytes())
                .put("liveBytes", sample.liveBytes())
                .put("deviceBytes", sample.deviceBytes())
                .put("writtenBytes", sample.writtenBytes())
                .put("cancelledBytes", process.cancelledBytes())
                .put("writeCallBytes", process.writeCallBytes())
                .put("diskBytes", sample.diskBytes())
                .put("residentBytes", process.residentBytes());
    }

    private void print(Measurement measured, long settledDiskBytes, long settledDeviceBytes) {
        Sample last = samples.get(samples.size() - 1);
        List<Sample> steady = samples.stream()
                .filter(sample -> sample.liveBytes() >= STEADY_SHARE * last.liveBytes())
                .toList();
        Spread write = Spread.of(steady.stream().map(Sample::writeAmplification).toList());
        Spread charged =
                Spread.of(steady.stream().map(Sample::chargedAmplification).toList());
        Spread space = Spread.of(steady.stream().map(Sample::spaceAmplification).toList());
        report.print(
                "%,.0f requests/s; %,d streams created, %,d reads (%d wrong), %d requests refused; by status %s",
                measured.perSecond(),
                tally.streamsCreated(),
                tally.streamsRead(),
                tally.streamsReadWrong(),
                tally.refusals(),
                measured.byStatus());
        report.print(
                "user wrote %s, %.1f times the live %s",
                Figures.bytes(last.userBytes()),
                (double) last.userBytes() / Math.max(1, last.liveBytes()),
                Figures.bytes(last.liveBytes()));
        printAmplification("write", write, (double) settledDeviceBytes / Math.max(1, last.userBytes()));
        report.print(
                "write amplification as charged to the process (whole folios): median %.2f, max %.2f",
                charged.median(), charged.max());
        printAmplification("space", space, (double) settledDiskBytes / Math.max(1, tally.liveUserBytes()));
        report.root()
                .put("chargedWriteAmplification", charged)
                .put("requestsPerSecond", measured.perSecond())
                .put("refused", tally.refusals())
                .put("wrongReads", tally.streamsReadWrong());
    }

    private void printAmplification(String name, Spread spread, double settled) {
        report.print(
                "%s amplification: median %.2f, max %.2f (of the samples after the live set was reached); %.2f at rest",
                name, spread.median(), spread.max(), settled);
        report.root().put(name + "Amplification", spread).put(name + "AmplificationAtRest", settled);
    }
}
