package io.streamkeeper.server.limit;

import io.streamkeeper.server.config.Quota;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket for one {@link Quota}: it begins full, and is filled evenly. It may have a debt, because some costs are
 * known only when they are incurred; then it allows nothing until the debt is paid. Safe for use by any thread.
 *
 * <p>Its state is one number: the time at which the bucket is full again, on the monotonic clock. So two threads cannot
 * see a part of a change, and an unused bucket needs no work. A cost is rounded down to a nanosecond of filling.
 */
final class Meter {
    /** A debt of more than this time is forgotten, so that the times of a meter do not overflow. */
    static final long DEBT_NANOS_MAX = TimeUnit.HOURS.toNanos(1);

    private final Quota quota;
    private final long windowNanos;
    private final double nanosPerToken;
    private final AtomicLong fullNanos;

    /** A full bucket; {@code nowNanos} is the time of the monotonic clock. */
    Meter(Quota quota, long nowNanos) {
        this.quota = quota;
        this.windowNanos = quota.windowNanos();
        this.nanosPerToken = (double) windowNanos / quota.amount();
        this.fullNanos = new AtomicLong(nowNanos);
    }

    Quota quota() {
        return quota;
    }

    /** The time in which {@code tokens} are filled. */
    private long nanos(long tokens) {
        return (long) Math.min(tokens * nanosPerToken, (double) (windowNanos + DEBT_NANOS_MAX));
    }

    /** The time until the bucket is full. */
    private long missingNanos(long nowNanos) {
        return Math.max(0, fullNanos.get() - nowNanos);
    }

    /** Whether the bucket contains {@code tokens}. */
    boolean has(long tokens, long nowNanos) {
        return missingNanos(nowNanos) + nanos(tokens) <= windowNanos;
    }

    boolean isFull(long nowNanos) {
        return missingNanos(nowNanos) == 0;
    }

    /** Takes {@code tokens} if the bucket contains them. */
    boolean tryTake(long tokens, long nowNanos) {
        long cost = nanos(tokens);
        while (true) {
            long before = fullNanos.get();
            long missing = Math.max(0, before - nowNanos);
            if (missing + cost > windowNanos) {
                return false;
            }
            if (fullNanos.compareAndSet(before, nowNanos + missing + cost)) {
                return true;
            }
        }
    }

    /** Takes {@code tokens}, which may leave a debt. */
    void take(long tokens, long nowNanos) {
        long cost = nanos(tokens);
        while (true) {
            long before = fullNanos.get();
            long missing = Math.min(Math.max(0, before - nowNanos) + cost, windowNanos + DEBT_NANOS_MAX);
            if (fullNanos.compareAndSet(before, nowNanos + missing)) {
                return;
            }
        }
    }

    /** The tokens that the bucket contains. */
    long tokens(long nowNanos) {
        return Math.max(0, (long) ((windowNanos - missingNanos(nowNanos)) / nanosPerToken));
    }

    /** The time until the bucket contains {@code tokens}, of at most a full bucket. */
    long waitNanos(long tokens, long nowNanos) {
        return Math.max(0, missingNanos(nowNanos) + nanos(tokens) - windowNanos);
    }
}
