package io.streamkeeper.server.limit;

import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.server.config.LimitSet;
import io.streamkeeper.server.config.Quota;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one client or tenant uses. Safe for use by any thread.
 *
 * <p>It is kept while it has users: connections, and live reads. An account without users whose buckets are full equals
 * a new one, so it can be evicted, and nothing is lost.
 */
final class Account {
    /** Whose account it is. */
    enum Kind {
        CLIENT,
        TENANT;

        private final String text = name().toLowerCase(Locale.ROOT);

        String text() {
            return text;
        }
    }

    private static final int EVICTED = -1;

    /** The meters of one set of limits; those that are null do not limit. */
    record Meters(
            LimitSet limits,
            @Nullable Meter requests,
            @Nullable Meter received,
            @Nullable Meter sent) {
        static Meters of(LimitSet limits, long nowNanos) {
            return new Meters(
                    limits,
                    meter(limits.requests(), nowNanos),
                    meter(limits.received(), nowNanos),
                    meter(limits.sent(), nowNanos));
        }

        private static @Nullable Meter meter(@Nullable Quota quota, long nowNanos) {
            return quota == null ? null : new Meter(quota, nowNanos);
        }

        boolean areFull(long nowNanos) {
            return isFull(requests, nowNanos) && isFull(received, nowNanos) && isFull(sent, nowNanos);
        }

        private static boolean isFull(@Nullable Meter meter, long nowNanos) {
            return meter == null || meter.isFull(nowNanos);
        }
    }

    private final Kind kind;
    private final String key;
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Meters meters;

    Account(Kind kind, String key, LimitSet limits, long nowNanos) {
        this.kind = kind;
        this.key = key;
        this.meters = Meters.of(limits, nowNanos);
    }

    Kind kind() {
        return kind;
    }

    String key() {
        return key;
    }

    /** Its name for messages. */
    String text() {
        return kind.text() + " " + Quoted.of(key);
    }

    Meters meters() {
        return meters;
    }

    /** The limits were read again: the buckets of those that are different begin full. */
    void limit(LimitSet limits, long nowNanos) {
        if (!meters.limits().equals(limits)) {
            meters = Meters.of(limits, nowNanos);
        }
    }

    // ---- users ----

    /** Adds a user; returns false if the account is evicted. */
    boolean retain() {
        while (true) {
            int before = users.get();
            if (before == EVICTED) {
                return false;
            }
            if (users.compareAndSet(before, before + 1)) {
                return true;
            }
        }
    }

    /** A user that was added has ended. */
    void release() {
        if (users.decrementAndGet() < 0) {
            throw new IllegalStateException(text() + " was released more often than retained");
        }
    }

    /** Evicts the account if it has no user and equals a new one. */
    boolean evict(long nowNanos) {
        return users.get() == 0 && meters.areFull(nowNanos) && users.compareAndSet(0, EVICTED);
    }

    // ---- what is held ----

    /** Takes one of the live reads at a time; returns false if there is none left. */
    boolean tryHoldLive() {
        return Cap.tryHold(live, meters.limits().live());
    }

    /** Whether one of the live reads is left now. */
    boolean hasLive() {
        return live.get() < meters.limits().live();
    }

    void releaseLive() {
        live.decrementAndGet();
    }

    int live() {
        return live.get();
    }

    /** Takes one of the connections at a time; returns false if there is none left. */
    boolean tryHoldConnection() {
        return Cap.tryHold(connections, meters.limits().connections());
    }

    void releaseConnection() {
        connections.decrementAndGet();
    }
}
