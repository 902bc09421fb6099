package io.streamkeeper.server.http.decode;

import java.util.concurrent.TimeUnit;

/**
 * Whether a timer may judge a client by its silence. One that fires late has not heard the client: the loop or the
 * whole process stood still, and what the client sent meanwhile is not read yet. Such a timer looks once more after
 * {@link #AGAIN_NANOS}. Owned by an event loop; one for each timer.
 */
public final class Lateness {
    /** How long a timer that was late waits before it looks again. */
    public static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private long dueNanos;
    private boolean excused;

    /** The timer is to fire at {@code nanos}. */
    public void expect(long nanos) {
        dueNanos = nanos;
    }

    /** Whether the timer, which fires now, is late and was not the last time: it must not judge, but look again. */
    public boolean excuses(long nowNanos) {
        excused = !excused && nowNanos - dueNanos > LATE_NANOS;
        return excused;
    }
}
