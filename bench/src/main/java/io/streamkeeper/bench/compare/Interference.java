package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.peer.Peer;
import io.streamkeeper.bench.peer.RunningPeer;
import io.streamkeeper.bench.report.Page;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.workload.Kind;
import io.streamkeeper.bench.workload.Spec;
import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures what readers cost writers: the latency of appends at half of the saturation rate, beside a number of catch-up
 * readers and subscribers that grows in steps. All servers get the same rate, half of what the slowest of them reaches
 * with writers alone.
 */
final class Interference {
    static final String NAME = "interference";

    private static final int STREAMS = 64;
    private static final int BODY_BYTES = 256;
    private static final double SHARE = 0.5;

    /**
     * The load.
     *
     * @param rate appends per second; 0 for half of the saturation rate, which is then measured first
     * @param steps the readers of each step
     */
    record Load(double rate, List<Spec.Readers> steps) {
        /** Steps from no reader to those of the mixed workload. */
        static final Load DEFAULT = new Load(0, steps(List.of("0:0", "1:8", "2:16", "4:32", "8:64")));

        Load {
            if (!(rate >= 0) || steps.isEmpty()) {
                throw new IllegalArgumentException(
                        "rate is " + rate + " with " + steps.size() + " steps; expected at least 0, and 1 step");
            }
            steps = List.copyOf(steps);
        }

        /** Parses steps of the form {@code READERS:SUBSCRIBERS}. */
        static List<Spec.Readers> steps(List<String> texts) {
            return texts.stream().map(Load::step).toList();
        }

        private static Spec.Readers step(String text) {
            if (!text.matches("[0-9]{1,5}:[0-9]{1,5}")) {
                throw new IllegalArgumentException(
                        "step is '" + text + "'; expected READERS:SUBSCRIBERS, such as 8:64");
            }
            int colon = text.indexOf(':');
            return new Spec.Readers(
                    Digits.toInt(text.substring(0, colon)), Digits.toInt(text.substring(colon + 1)), false);
        }
    }

    private final CompareConfig config;
    private final Load load;
    private final Report report;

    Interference(CompareConfig config, Load load, Report report) {
        this.config = config;
        this.load = load;
        this.report = report;
    }

    void run(List<Peer> peers, Page page) throws IOException, InterruptedException {
        List<RunningPeer> running = new ArrayList<>();
        List<List<PeerRounds>> steps = new ArrayList<>();
        try {
            for (Peer peer : peers) {
                if (!peer.isFloor()) {
                    running.add(RunningPeer.start(peer, config.directory()));
                }
            }
            warmUp(running);
            double rate = load.rate() > 0 ? load.rate() : SHARE * saturation(running);
            load.steps().forEach(readers -> steps.add(rounds(running, spec(rate).with(readers))));
            for (int round = 0; round < config.rounds(); round++) {
                for (List<PeerRounds> step : steps) {
                    for (int turn = 0; turn < step.size(); turn++) {
                        int index = round % 2 == 0 ? turn : step.size() - 1 - turn;
                        step.get(index).round(TimeUnit.SECONDS.toNanos(config.seconds()));
                    }
                }
            }
            new InterferenceReport(rate, load.steps(), steps).print(report, page);
        } finally {
            steps.forEach(step -> step.forEach(PeerRounds::close));
            RunningPeer.closeAll(running);
        }
    }

    private static List<PeerRounds> rounds(List<RunningPeer> running, Spec spec) {
        return running.stream()
                .map(peer -> new PeerRounds(peer, Kind.MIXED, spec))
                .toList();
    }

    /** Runs writers in a closed loop beside the readers of the last step. */
    private void warmUp(List<RunningPeer> running) throws IOException, InterruptedException {
        Spec.Readers last = load.steps().get(load.steps().size() - 1);
        for (RunningPeer peer : running) {
            perSecond(peer, spec(0).with(last), config.warmUpSeconds());
        }
    }

    /** The least rate that a server reaches with writers alone. */
    private double saturation(List<RunningPeer> running) throws IOException, InterruptedException {
        double least = Double.MAX_VALUE;
        for (RunningPeer peer : running) {
            double reached = perSecond(peer, spec(0), config.seconds());
            report.print("%s: %,.0f appends/s with writers alone", peer.peer().name(), reached);
            least = Math.min(least, reached);
        }
        return least;
    }

    private static double perSecond(RunningPeer peer, Spec spec, int seconds) throws IOException, InterruptedException {
        try (PeerRounds rounds = new PeerRounds(peer, Kind.MIXED, spec)) {
            rounds.round(TimeUnit.SECONDS.toNanos(seconds));
            if (!rounds.failure().isEmpty()) {
                throw new IOException(peer.peer().name() + " failed: " + rounds.failure());
            }
            return rounds.rounds().get(0).measured().perSecond();
        }
    }

    private static Spec spec(double rate) {
        return new Spec(STREAMS, STREAMS, BODY_BYTES, 1, true, rate, new Spec.Readers(0, 0, false));
    }
}
