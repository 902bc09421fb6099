package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.report.Spread;
import io.streamkeeper.bench.workload.Result;
import io.streamkeeper.bench.workload.Scenario;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** One server in one row: its workload, and what its rounds have shown. */
final class PeerRounds implements AutoCloseable {
    private static final int DIGITS = 3;

    private final RunningPeer peer;
    private final Scenario scenario;
    private final List<Result> rounds = new ArrayList<>();
    private double operationsPerSync = -1;
    private String failure = "";

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

    /** Makes what is needed, and runs it without counting. */
    void prepare(long warmUpNanos) throws InterruptedException {
        attempt(() -> {
            scenario.prepare();
            Result.of(scenario, peer.pid(), warmUpNanos, false);
        });
    }

    void round(long nanos) throws InterruptedException {
        attempt(() -> rounds.add(Result.of(scenario, peer.pid(), nanos, false)));
    }

    /** Counts its syncs while it runs once more, which is none of the rounds. */
    void watch(long nanos, Future<Long> syncs) throws InterruptedException {
        attempt(() -> {
            long operations =
                    Result.of(scenario, peer.pid(), nanos, false).measured().count();
            try {
                long counted = syncs.get();
                operationsPerSync = counted <= 0 ? counted : (double) operations / counted;
            } catch (ExecutionException e) {
                throw new IOException("the syncs could not be counted: " + e.getMessage(), e);
            }
        });
    }

    private interface Attempt {
        void run() throws IOException, InterruptedException;
    }

    /** A server that fails is left out from then on; the others go on. */
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

    /** Why it could not go on, or empty. */
    String failure() {
        return failure;
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

    /** How many operations shared a sync, 0 if there was none, or -1 if they were not counted. */
    double operationsPerSync() {
        return operationsPerSync;
    }

    @Override
    public void close() throws IOException {
        scenario.close();
        peer.close();
    }
}
