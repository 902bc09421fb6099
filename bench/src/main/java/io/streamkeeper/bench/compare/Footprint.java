package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import io.streamkeeper.bench.workload.Kind;
import io.streamkeeper.bench.workload.Result;
import io.streamkeeper.bench.workload.Scenario;
import io.streamkeeper.bench.workload.Spec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Measures the start time of servers and their memory: idle, with many streams, and with many subscribers. */
final class Footprint {
    static final String NAME = "footprint";

    private static final int STREAMS = 100_000;
    private static final int SUBSCRIBERS = 1_000;
    private static final int BODY_BYTES = 256;
    private static final double MILLIS = 1e6;

    private final CompareConfig config;
    private final Report report;

    Footprint(CompareConfig config, Report report) {
        this.config = config;
        this.report = report;
    }

    private static final class Samples {
        private final List<Double> readyMillis = new ArrayList<>();
        private final List<Double> idle = new ArrayList<>();
        private final List<Double> streams = new ArrayList<>();
        private final List<Double> subscribers = new ArrayList<>();
        private final List<Double> restartMillis = new ArrayList<>();
    }

    void run(List<Peer> peers, Page page) throws IOException, InterruptedException {
        List<Samples> samples = new ArrayList<>();
        peers.forEach(peer -> samples.add(new Samples()));
        for (int round = 0; round < config.rounds(); round++) {
            for (int i = 0; i < peers.size(); i++) {
                if (peers.get(i).hasScript()) {
                    measure(peers.get(i), samples.get(i));
                }
            }
        }
        List<String> columns = List.of(
                "server",
                "start ms",
                "resident idle",
                String.format(Locale.ROOT, "with %,d streams", STREAMS),
                "restart with them ms",
                String.format(Locale.ROOT, "with %,d subscribers", SUBSCRIBERS));
        List<List<String>> cells = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            if (peers.get(i).hasScript()) {
                cells.add(cells(peers.get(i), samples.get(i)));
            }
        }
        report.print("%n%s: medians (ranges) of %d rounds", NAME, config.rounds());
        report.table(columns, cells);
        page.heading(NAME).table(columns, cells);
    }

    private void measure(Peer peer, Samples samples) throws IOException, InterruptedException {
        try (RunningPeer started = RunningPeer.start(peer, config.directory())) {
            samples.readyMillis.add(started.readyNanos() / MILLIS);
            TimeUnit.SECONDS.sleep(1);
            samples.idle.add((double) started.residentBytes());
            follow(started, samples);
        }
        try (RunningPeer started = RunningPeer.start(peer, config.directory())) {
            if (!fill(started)) {
                return;
            }
            samples.streams.add((double) started.residentBytes());
            started.restart();
            samples.restartMillis.add(started.readyNanos() / MILLIS);
        }
    }

    /** Creates streams; returns false if the server does not accept that many. */
    private boolean fill(RunningPeer peer) throws InterruptedException {
        try (Scenario scenario = Kind.APPEND.newScenario(peer.target(), Spec.of(STREAMS, 64, BODY_BYTES))) {
            scenario.prepare();
            return true;
        } catch (IOException e) {
            report.print("%s failed: %s", peer.peer().name(), e);
            return false;
        }
    }

    private static void follow(RunningPeer peer, Samples samples) throws IOException, InterruptedException {
        Spec spec = Spec.of(1, SUBSCRIBERS, BODY_BYTES).at(1);
        try (Scenario scenario = Kind.SSE.newScenario(peer.target(), spec)) {
            scenario.prepare();
            Result result = Result.measure(scenario, peer.pid(), TimeUnit.SECONDS.toNanos(3), false);
            samples.subscribers.add((double) result.residentBytesAtEnd());
        }
    }

    private List<String> cells(Peer peer, Samples samples) {
        Report.Section section = report.root()
                .add(NAME)
                .put("server", peer.name())
                .put("readyMillis", Spread.of(samples.readyMillis))
                .put("residentIdle", Spread.of(samples.idle))
                .put("residentWithSubscribers", Spread.of(samples.subscribers));
        if (!samples.streams.isEmpty()) {
            section.put("residentWithStreams", Spread.of(samples.streams))
                    .put("restartMillis", Spread.of(samples.restartMillis));
        }
        return List.of(
                peer.name(),
                millis(samples.readyMillis),
                bytes(samples.idle),
                bytes(samples.streams),
                millis(samples.restartMillis),
                bytes(samples.subscribers));
    }

    private static String millis(List<Double> values) {
        return values.isEmpty() ? "" : Spread.of(values).text("%,.0f");
    }

    private static String bytes(List<Double> values) {
        return values.isEmpty() ? "" : Spread.of(values).text(value -> Figures.bytes((long) value));
    }
}
