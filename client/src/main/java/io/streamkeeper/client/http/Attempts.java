package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.Unavailable;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLHandshakeException;

/** Decides whether one call repeats its request, and waits before it does. Used by the thread of the call. */
final class Attempts {
    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 5_000;
    private static final int DOUBLINGS_MAX = 6;

    private final AtomicBoolean reached;
    private final long startNanos = System.nanoTime();
    private final long limitNanos;
    private int failures;

    /**
     * Begins a call.
     *
     * @param reached whether the server has ever answered
     * @param limit the longest time after which a request is repeated
     */
    Attempts(AtomicBoolean reached, Duration limit) {
        this.reached = reached;
        this.limitNanos = limit.toNanos();
    }

    /** Whether a request of this call has failed before. */
    boolean hasRepeated() {
        return failures > 0;
    }

    /** The server has answered. */
    void answered() {
        reached.set(true);
    }

    /**
     * Waits before the next attempt.
     *
     * @param isRepeatable whether the request has the same effect if it is executed twice
     * @throws StreamException the failure, if it does not pass, or may not or need not be repeated
     */
    void waitAfter(StreamException failure, boolean isRepeatable) throws InterruptedException {
        if (!(failure instanceof Unavailable passing) || !isPassing(passing)) {
            throw failure;
        }
        if (!isRepeatable && !hasWrittenNothing(passing)) {
            throw failure;
        }
        long pauseMillis = pauseMillis(passing);
        if (System.nanoTime() - startNanos + TimeUnit.MILLISECONDS.toNanos(pauseMillis) > limitNanos) {
            throw failure;
        }
        pause(pauseMillis);
    }

    /** A server that has never answered may not exist, and its certificate does not become valid by waiting. */
    private boolean isPassing(Unavailable failure) {
        Throwable cause = failure.getCause();
        return !(cause instanceof SSLHandshakeException) && (reached.get() || !(cause instanceof ConnectException));
    }

    private static boolean hasWrittenNothing(Unavailable failure) {
        boolean isRefused = failure.status() == 429 || failure.code().equals("overloaded");
        return isRefused || failure.code().equals("storage_full") || failure.getCause() instanceof ConnectException;
    }

    private long pauseMillis(Unavailable failure) {
        long millis = Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS_MIN << Math.min(DOUBLINGS_MAX, failures++));
        Duration asked = failure.retryAfter();
        long least = asked == null ? 0 : asked.toMillis();
        return Math.max(millis / 2, least) + ThreadLocalRandom.current().nextLong(millis / 2);
    }

    private static void pause(long millis) throws InterruptedException {
        boolean ended = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        assert !ended : "nothing ends the pause";
    }
}
