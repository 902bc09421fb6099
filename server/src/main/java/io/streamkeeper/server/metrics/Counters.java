package io.streamkeeper.server.metrics;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * The counters of all loops of a server, each with its owner. Safe for use by any thread; its lock is taken when a loop
 * is added and when a snapshot begins, not to count.
 */
public final class Counters {
    private final IdentityHashMap<EventExecutor, LoopCounters> ofLoops = new IdentityHashMap<>();

    /** What loops have counted that have ended, as those of other servers do with which streams are mounted. */
    private final long[] ofEnded = new long[Metric.arrayLength()];

    /** The counters of a loop, made when they are asked for first. */
    public synchronized LoopCounters of(EventExecutor loop) {
        takeOverEnded();
        return ofLoops.computeIfAbsent(loop, LoopCounters::new);
    }

    /** An end is seen after all that the loop has done, so its last values are read here. */
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

    /** The sums of all loops: what each has counted when it executes a task that this call gives it. */
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
     * A snapshot of what all loops have counted.
     *
     * @return completed by one of the loops; late where one is held up
     */
    public CompletableFuture<MetricsSnapshot.Builder> snapshot() {
        return total().thenApply(MetricsSnapshot.Builder::new);
    }
}
