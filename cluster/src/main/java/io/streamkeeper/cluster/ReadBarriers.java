package io.streamkeeper.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Barriers of reads, each of which costs a message to the majority: callers that arrive while one is under way share
 * the next. Safe for use by any thread; no caller waits.
 */
final class ReadBarriers {
    private final Executor thread;
    private final Supplier<CompletableFuture<Void>> barrier;
    private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();

    /** The barrier that is under way, or the last one. */
    private volatile CompletableFuture<Void> current = CompletableFuture.completedFuture(null);

    /** Owned by the thread. */
    private boolean underWay;

    /**
     * Barriers that {@code barrier} makes, one at a time.
     *
     * @param thread runs one task at a time; {@code barrier} may block it
     */
    ReadBarriers(Executor thread, Supplier<CompletableFuture<Void>> barrier) {
        this.thread = thread;
        this.barrier = barrier;
    }

    /** A barrier that begins after this call. */
    CompletableFuture<Void> join() {
        CompletableFuture<Void> joined = new CompletableFuture<>();
        waiting.add(joined);
        thread.execute(this::beginNext);
        return joined;
    }

    private void beginNext() {
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (CompletableFuture<Void> next = underWay ? null : waiting.poll(); next != null; next = waiting.poll()) {
            callers.add(next);
        }
        if (callers.isEmpty()) {
            return;
        }
        underWay = true;
        CompletableFuture<Void> begun = new CompletableFuture<>();
        current = begun;
        begun.whenCompleteAsync(
                (done, failure) -> {
                    underWay = false;
                    callers.forEach(caller -> complete(caller, failure));
                    beginNext();
                },
                thread);
        barrier.get().whenComplete((done, failure) -> complete(begun, failure));
    }

    /** Another member leads: the one that the barrier under way has asked may never answer. */
    void leaderChanged() {
        current.completeExceptionally(
                new NoLeaderException("another member leads the cluster now; the read may be tried again"));
    }

    private static void complete(CompletableFuture<Void> caller, Throwable failure) {
        if (failure == null) {
            caller.complete(null);
        } else {
            caller.completeExceptionally(failure);
        }
    }
}
