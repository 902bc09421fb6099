package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.ExactReads;
import io.streamkeeper.bench.load.LoadClient;
import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.NumberedRange;
import io.streamkeeper.bench.load.NumberedRequest;
import io.streamkeeper.bench.load.Pacing;
import io.streamkeeper.bench.load.RandomPick;
import io.streamkeeper.bench.process.ProcessSample;
import io.streamkeeper.bench.process.ServerProcess;
import io.streamkeeper.bench.process.ServerSetup;
import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Fills a server with streams, restarts it after a stop and after a kill, and appends to many and to few streams. */
public final class CardinalityRun {
    private static final String PREFIX = "c/";
    private static final int[] STEPS_PERCENT = {10, 50, 100};
    private static final long SEED = 7;
    private static final int CHECKED_STREAMS = 1_000;
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final CardinalityConfig config;
    private final ServerSetup setup;
    private final LoadClient client;
    private final Report report;

    public CardinalityRun(CardinalityConfig config, ServerSetup setup, LoadClient client, Report report) {
        this.config = config;
        this.setup = setup;
        this.client = client;
        this.report = report;
    }

    public void run() throws IOException, InterruptedException {
        ServerProcess server = setup.start();
        try {
            report.print("start without streams: ready after %s", Figures.seconds(server.readyNanos()));
            fill(server);
            if (setup.isDurable()) {
                server = restartAfterStop(server);
                server = restartAfterKill(server);
            } else {
                report.print("no restarts: streams are only in memory");
            }
            compare(server);
            server.stop();
        } finally {
            server.close();
        }
    }

    private void fill(ServerProcess server) throws IOException, InterruptedException {
        int from = 0;
        for (int percent : STEPS_PERCENT) {
            int to = (int) ((long) config.streams() * percent / 100);
            fill(server, percent, from, to);
            from = to;
        }
    }

    private void fill(ServerProcess server, int percent, int from, int to) throws IOException, InterruptedException {
        int bodyBytes = config.createsWithBody() ? config.appendBytes() : 0;
        double creates = forEach(server, NumberedRequest.create(PREFIX, bodyBytes), from, to);
        double appends = 0;
        if (!config.createsWithBody()) {
            appends = forEach(server, NumberedRequest.append(PREFIX, config.appendBytes()), from, to);
        }
        ProcessSample sample = server.sample();
        long diskBytes = setup.diskBytes();
        report.print(
                "%3d %%, %,9d streams: %,7.0f creates/s, %,7.0f appends/s; RSS %s (max %s), %d open files, disk %s",
                percent,
                to,
                creates,
                appends,
                Figures.bytes(sample.residentBytes()),
                Figures.bytes(sample.residentBytesMax()),
                sample.openFiles(),
                Figures.bytes(diskBytes));
        report.root()
                .add("fill")
                .put("percent", percent)
                .put("streams", to)
                .put("createsPerSecond", creates)
                .put("appendsPerSecond", appends)
                .put("residentBytes", sample.residentBytes())
                .put("residentBytesMax", sample.residentBytesMax())
                .put("openFiles", sample.openFiles())
                .put("diskBytes", diskBytes);
    }

    private double forEach(ServerProcess server, NumberedRequest request, int from, int to)
            throws IOException, InterruptedException {
        Measurement measured = client.run(
                server.address(),
                new NumberedRange(request, from, to),
                Pacing.closedLoop(),
                Measurement.whole(),
                TimeUnit.SECONDS.toNanos(config.phaseSecondsMax()));
        if (measured.count() < to - from || measured.failures() > 0) {
            throw new IOException("responses by status to " + (to - from) + " requests within "
                    + config.phaseSecondsMax() + " s: " + measured.byStatus() + "; expected 2xx for each");
        }
        return measured.perSecond();
    }

    private ServerProcess restartAfterStop(ServerProcess server) throws IOException, InterruptedException {
        long stopNanos = server.stop();
        return restart("stop", "SIGTERM, stopped after " + Figures.seconds(stopNanos));
    }

    private ServerProcess restartAfterKill(ServerProcess server) throws IOException, InterruptedException {
        server.kill();
        return restart("kill", "SIGKILL");
    }

    private ServerProcess restart(String name, String how) throws IOException, InterruptedException {
        ServerProcess server = setup.start();
        ProcessSample sample = server.sample();
        long missing = check(server);
        report.print(
                "restart after %s: ready after %s; RSS %s, %d open files; %,d of %,d streams read are incomplete",
                how,
                Figures.seconds(server.readyNanos()),
                Figures.bytes(sample.residentBytes()),
                sample.openFiles(),
                missing,
                CHECKED_STREAMS);
        report.root()
                .add("restarts")
                .put("after", name)
                .put("readyNanos", server.readyNanos())
                .put("residentBytes", sample.residentBytes())
                .put("openFiles", sample.openFiles())
                .put("checked", CHECKED_STREAMS)
                .put("missing", missing);
        return server;
    }

    /** Reads some streams, and counts those that do not contain what was appended. */
    private long check(ServerProcess server) throws IOException, InterruptedException {
        ExactReads reads = new ExactReads(
                NumberedRequest.read(PREFIX),
                RandomPick.streams(CHECKED_STREAMS, config.streams(), SEED),
                config.appendBytes());
        client.run(
                server.address(),
                reads,
                Pacing.closedLoop(),
                Measurement.whole(),
                TimeUnit.SECONDS.toNanos(config.phaseSecondsMax()));
        return reads.wrong();
    }

    private void compare(ServerProcess server) throws IOException, InterruptedException {
        long[] many = RandomPick.streams(config.wide(), config.streams(), SEED);
        long[] few = RandomPick.streams(config.narrow(), config.streams(), SEED + 1);
        append(server, many, WARM_UP_NANOS);
        append(server, few, WARM_UP_NANOS);
        List<Double> wide = new ArrayList<>();
        List<Double> narrow = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        long roundNanos = TimeUnit.SECONDS.toNanos(config.roundSeconds());
        for (int round = 0; round < config.rounds(); round++) {
            wide.add(append(server, many, roundNanos));
            narrow.add(append(server, few, roundNanos));
            ratios.add(wide.get(round) / narrow.get(round));
        }
        print("appends/s to " + many.length + " random streams", "wide", Spread.of(wide));
        print("appends/s to " + few.length + " streams", "narrow", Spread.of(narrow));
        Spread ratio = Spread.of(ratios);
        report.print(
                "ratio of neighbouring rounds: median %.3f (%.3f to %.3f); ratio of the medians %.3f",
                ratio.median(),
                ratio.min(),
                ratio.max(),
                Spread.of(wide).median() / Spread.of(narrow).median());
        report.root().put("ratio", ratio);
    }

    private void print(String title, String name, Spread spread) {
        report.print(
                "%s: median %,.0f (%,.0f to %,.0f) of %d rounds of %d s",
                title, spread.median(), spread.min(), spread.max(), config.rounds(), config.roundSeconds());
        report.root().put(name + "AppendsPerSecond", spread);
    }

    private double append(ServerProcess server, long[] streams, long nanos) throws IOException, InterruptedException {
        NumberedRequest append = NumberedRequest.append(PREFIX, config.appendBytes());
        Measurement measured = client.run(
                server.address(),
                new RandomPick(append, streams, SEED),
                Pacing.closedLoop(),
                Measurement.whole(),
                nanos);
        if (measured.failures() > 0) {
            throw new IOException("responses to appends by status: " + measured.byStatus() + "; expected 2xx");
        }
        return measured.perSecond();
    }
}
