package io.streamkeeper.server.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Which of many events of a kind are logged: the first, and then at most one in ten seconds, with the number of those
 * since the last one. Safe for use by any thread.
 */
public final class RareReport {
    /** What {@link #unreported} returns for an event that is not logged. */
    public static final long NOT_DUE = -1;

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nowNanos;
    private final AtomicLong reportedNanos;
    private final AtomicLong unreported = new AtomicLong();

    /**
     * Nothing has been logged.
     *
     * @param nowNanos a monotonic clock
     */
    public RareReport(LongSupplier nowNanos) {
        this.nowNanos = nowNanos;
        this.reportedNanos = new AtomicLong(nowNanos.getAsLong() - INTERVAL_NANOS);
    }

    /** Counts an event. Returns how many were not logged since the last one that was, or {@link #NOT_DUE}. */
    public long unreported() {
        long now = nowNanos.getAsLong();
        long before = reportedNanos.get();
        if (now - before >= INTERVAL_NANOS && reportedNanos.compareAndSet(before, now)) {
            return unreported.getAndSet(0);
        }
        unreported.incrementAndGet();
        return NOT_DUE;
    }
}
