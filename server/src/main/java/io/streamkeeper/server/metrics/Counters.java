package io.streamkeeper.server.metrics;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

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
                addTo(ofEnded, counters.copy());
                each.remove();
            }
        }
    }

    /**
     * Returns the sums over all loops; each loop contributes its values when it executes a task that this call submits.
     */
    CompletableFuture<long[]> total() {
        List<CompletableFuture<long[]>> copies = new ArrayList<>();
        long[] sums;
        synchronized (this) {
            takeOverEnded();
            sums = ofEnded.clone();
            ofLoops.values().forEach(counters -> copies.add(copyOf(counters)));
        }
        return CompletableFuture.allOf(copies.toArray(CompletableFuture[]::new)).thenApply(all -> {
            copies.forEach(copy -> addTo(sums, copy.join()));
            return sums;
        });
    }

    private static CompletableFuture<long[]> copyOf(LoopCounters counters) {
        CompletableFuture<long[]> copy = new CompletableFuture<>();
        EventExecutor loop = counters.loop();
        if (loop.inEventLoop()) {
            copy.complete(counters.copy());
            return copy;
        }
        try {
            loop.execute(() -> copy.complete(counters.copy()));
        } catch (RejectedExecutionException e) {
            loop.terminationFuture().addListener(ended -> copy.complete(counters.copy()));
        }
        return copy;
    }

    private static void addTo(long[] sums, long[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
        }
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
