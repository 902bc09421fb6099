package io.streamkeeper.server.metrics;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The counters of all loops of a server, each owned by its loop. Safe for use by any thread; its lock is taken when a
 * loop is added and when a snapshot begins, but not to count.
 */
public final class Counters {
    private final IdentityHashMap<EventExecutor, LoopCounters> ofLoops = new IdentityHashMap<>();

    /** The sums of the loops that have ended, such as those of another server on which the streams were mounted. */
    private final long[] ofEnded = new long[Metric.arrayLength()];

    /** Returns the counters of a loop, which the first call creates. */
    public synchronized LoopCounters of(EventExecutor loop) {
        takeOverEnded();
        return ofLoops.computeIfAbsent(loop, LoopCounters::new);
    }

    /**
     * Adds the counters of loops that have ended to the sums. Termination happens after all work of a loop, so these
     * values are final.
     */
    private void takeOverEnded() {
        Iterator<LoopCounters> each = ofLoops.values().iterator();
        while (each.hasNext()) {
            LoopCounters counters = each.next();
            if (counters.loop().isTerminated()) {
                counters.addTo(ofEnded);
                each.remove();
            }
        }
    }

    /**
     * Returns the sums over all loops. One after the other adds its values, when it executes a task that this call or
     * the loop before submits, so that there is one array for all.
     */
    CompletableFuture<long[]> total() {
        List<LoopCounters> each;
        CompletableFuture<long[]> sums;
        synchronized (this) {
            takeOverEnded();
            each = List.copyOf(ofLoops.values());
            sums = CompletableFuture.completedFuture(ofEnded.clone());
        }
        for (LoopCounters counters : each) {
            sums = sums.thenCompose(before -> onLoop(counters, ofLoop -> ofLoop.addTo(before)));
        }
        return sums;
    }

    private static <T> CompletableFuture<T> onLoop(LoopCounters counters, Function<LoopCounters, T> read) {
        CompletableFuture<T> value = new CompletableFuture<>();
        EventExecutor loop = counters.loop();
        if (loop.inEventLoop()) {
            value.complete(read.apply(counters));
            return value;
        }
        try {
            loop.execute(() -> value.complete(read.apply(counters)));
        } catch (RejectedExecutionException e) {
            loop.terminationFuture().addListener(ended -> value.complete(read.apply(counters)));
        }
        return value;
    }

    /**
     * Returns the last requests of all loops that took long.
     *
     * @return completed by one of the loops; in no particular order
     */
    public CompletableFuture<List<SlowRequest>> slowRequests() {
        List<CompletableFuture<List<SlowRequest>>> each = new ArrayList<>();
        synchronized (this) {
            takeOverEnded();
            ofLoops.values()
                    .forEach(counters -> each.add(
                            onLoop(counters, ofLoop -> ofLoop.slowRequests().copy())));
        }
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .thenApply(all ->
                        each.stream().flatMap(ofLoop -> ofLoop.join().stream()).toList());
    }

    /**
     * Returns a snapshot of the counters of all loops.
     *
     * @return completed by one of the loops; a delayed loop delays it
     */
    public CompletableFuture<MetricsSnapshot.Builder> snapshot() {
        return total().thenApply(MetricsSnapshot.Builder::new);
    }
}
