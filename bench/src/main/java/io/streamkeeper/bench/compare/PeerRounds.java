package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.report.Spread;
import io.streamkeeper.bench.workload.Result;
import io.streamkeeper.bench.workload.Scenario;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** One server in one row: its workload, and what its rounds have shown. */
final class PeerRounds implements AutoCloseable {
    private static final int DIGITS = 3;

    private final RunningPeer peer;
    private final Scenario scenario;
    private final List<Result> rounds = new ArrayList<>();
    private double barrier = -1;

    PeerRounds(RunningPeer peer, Row row) {
        this.peer = peer;
        this.scenario = row.kind().on(peer.target(), row.spec());
    }

    String name() {
        return peer.peer().name();
    }

    long pid() {
        return peer.pid();
    }

    void prepare() throws IOException, InterruptedException {
        scenario.prepare();
    }

    /** Runs it without counting. */
    void warmUp(long nanos) throws IOException, InterruptedException {
        Result.of(scenario, peer.pid(), nanos, false);
    }

    Result round(long nanos) throws IOException, InterruptedException {
        Result result = Result.of(scenario, peer.pid(), nanos, false);
        rounds.add(result);
        return result;
    }

    List<Result> rounds() {
        return rounds;
    }

    Spread spread(ToDoubleFunction<Result> figure) {
        return Spread.of(rounds.stream().map(figure::applyAsDouble).toList());
    }

    /** The latencies of all rounds together. */
    Histogram latencies() {
        Histogram all = new Histogram(DIGITS);
        rounds.forEach(round -> all.add(round.measured().latencies()));
        return all;
    }

    /** Syncs a second under this load, or -1 if they were not counted. */
    double barrier() {
        return barrier;
    }

    void barrier(double syncsPerSecond) {
        barrier = syncsPerSecond;
    }

    @Override
    public void close() throws IOException {
        scenario.close();
        peer.close();
    }
}
