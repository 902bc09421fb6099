package io.streamkeeper.server.http.decode;

import java.util.concurrent.TimeUnit;

/**
 * The average rate of a body that arrives: a slow one loses its memory when others need it. Used by the connection's
 * event loop only.
 */
final class BodyRate {
    /** Limit for the average rate of a body. */
    static final int BYTES_PER_SECOND_MIN = 16 << 10;

    /** The rate of a body is not checked before this time. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private long sinceNanos;
    private int sinceBytes;

    /** Restarts the measurement of a body that has {@code bytes} so far. */
    void restart(long nowNanos, int bytes) {
        sinceNanos = nowNanos;
        sinceBytes = bytes;
    }

    /** Whether a body that has {@code bytes} so far is too slow, and others need the memory. */
    boolean isTooSlow(long nowNanos, int bytes, BodyRoom room) {
        long nanos = nowNanos - sinceNanos;
        if (nanos < GRACE_NANOS || !room.isContested(nowNanos)) {
            return false;
        }
        long expected = TimeUnit.NANOSECONDS.toMillis(nanos) * BYTES_PER_SECOND_MIN / 1_000;
        return bytes - sinceBytes < expected;
    }
}
