package io.streamkeeper.server.http.decode;

import java.util.concurrent.TimeUnit;

/**
 * Decides whether a timer may treat a client as silent. When a timer fires late, the loop or the whole process stood
 * still, and bytes that the client sent meanwhile are not read yet. Such a timer checks again after {@link
 * #AGAIN_NANOS}. Owned by an event loop; one for each timer.
 */
public final class Lateness {
    /** A timer that fired late checks again after this time. */
    public static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private long dueNanos;
    private boolean excused;

    /** Records that the timer is to fire at {@code nanos}. */
    public void expect(long nanos) {
        dueNanos = nanos;
    }

    /**
     * Whether the timer, which fires now, is late, and was not late the previous time: then it must check again later.
     */
    public boolean excuses(long nowNanos) {
        excused = !excused && nowNanos - dueNanos > LATE_NANOS;
        return excused;
    }
}
