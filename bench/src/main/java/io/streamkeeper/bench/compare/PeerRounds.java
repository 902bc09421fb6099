package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.peer.RunningPeer;
import io.streamkeeper.bench.report.Spread;
import io.streamkeeper.bench.workload.Kind;
import io.streamkeeper.bench.workload.Part;
import io.streamkeeper.bench.workload.Result;
import io.streamkeeper.bench.workload.Scenario;
import io.streamkeeper.bench.workload.Spec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** One workload on one server, and the results of its rounds. */
final class PeerRounds implements AutoCloseable {
    private static final int DIGITS = 3;

    private final RunningPeer peer;
    private final Scenario scenario;
    private final List<Result> rounds = new ArrayList<>();
    private double operationsPerSync = -1;
    private String failure = "";

    /**
     * A workload that has not run yet; the server remains the caller's. With several streams on a connection there are
     * fewer connections, so that all servers get the same number of requests at once.
     */
    PeerRounds(RunningPeer peer, Kind kind, Spec spec) {
        this.peer = peer;
        int streams = peer.target().transport().streams();
        this.scenario = kind.newScenario(peer.target(), spec.over(1 + (spec.connections() - 1) / streams));
    }

    String name() {
        return peer.peer().name();
    }

    long pid() {
        return peer.pid();
    }

    /** Creates the streams, and runs the workload without recording it. */
    void prepare(long warmUpNanos) throws InterruptedException {
        attempt(() -> {
            scenario.prepare();
            Result.measure(scenario, peer.pid(), warmUpNanos, false);
        });
    }

    void round(long nanos) throws InterruptedException {
        attempt(() -> rounds.add(Result.measure(scenario, peer.pid(), nanos, false)));
    }

    /** Runs the workload once more, outside the rounds, while its syncs are counted. */
    void runWhileCounting(long nanos, Future<Long> syncs) throws InterruptedException {
        attempt(() -> {
            long operations = Result.measure(scenario, peer.pid(), nanos, false)
                    .measured()
                    .count();
            try {
                long counted = syncs.get();
                operationsPerSync = counted <= 0 ? counted : (double) operations / counted;
            } catch (ExecutionException e) {
                throw new IOException("counting the syncs failed: " + e.getMessage(), e);
            }
        });
    }

    private interface Attempt {
        void run() throws IOException, InterruptedException;
    }

    /** After a failure, this server skips all further attempts; the other servers continue. */
    private void attempt(Attempt attempt) throws InterruptedException {
        if (!failure.isEmpty()) {
            return;
        }
        try {
            attempt.run();
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage());
        }
    }

    /** The reason for the failure, or empty. */
    String failure() {
        return failure;
    }

    List<Result> rounds() {
        return rounds;
    }

    Spread spread(ToDoubleFunction<Result> figure) {
        return Spread.of(rounds.stream().map(figure::applyAsDouble).toList());
    }

    /** The names of the kinds of operations, the same in each round. */
    List<String> partNames() {
        return rounds.get(0).all().stream().map(Part::name).toList();
    }

    /** The latencies of one kind of operations in all rounds. */
    Histogram latencies(int part) {
        Histogram all = new Histogram(DIGITS);
        rounds.forEach(round -> all.add(round.all().get(part).measured().latencies()));
        return all;
    }

    /** The p99 of one kind of operations in each second of all rounds. */
    List<Double> p99Millis(int part) {
        return rounds.stream()
                .flatMap(round -> round.all().get(part).p99Millis().stream())
                .toList();
    }

    /** The resident memory of the server in each second of all rounds. */
    List<Long> residentBytes() {
        return rounds.stream().flatMap(round -> round.residentBytes().stream()).toList();
    }

    /** Operations per sync, 0 without any sync, or -1 if syncs were not counted. */
    double operationsPerSync() {
        return operationsPerSync;
    }

    /** A figure divided by that of another server, round by round. */
    Spread ratios(PeerRounds divisor, ToDoubleFunction<Result> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(rounds.size(), divisor.rounds.size()); round++) {
            double other = figure.applyAsDouble(divisor.rounds.get(round));
            ratios.add(other == 0 ? 0 : figure.applyAsDouble(rounds.get(round)) / other);
        }
        return Spread.of(ratios);
    }

    @Override
    public void close() {
        scenario.close();
    }
}
