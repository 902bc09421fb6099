package io.streamkeeper.storage.tier;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** A bound on the bytes that are transferred in a second, by all threads together. Safe for use by any thread. */
final class Pace {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecondMax;
    private long nextNanos = System.nanoTime();

    /** At most {@code bytesPerSecondMax} bytes in a second; 0 for no bound. */
    Pace(long bytesPerSecondMax) {
        this.bytesPerSecondMax = bytesPerSecondMax;
    }

    /** Waits until {@code bytes} more may be transferred. */
    void await(long bytes) throws InterruptedIOException {
        if (bytesPerSecondMax == 0) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(take(bytes));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }

    /** Takes the next place in time for so many bytes; returns how long it is until then. */
    private synchronized long take(long bytes) {
        long now = System.nanoTime();
        long begin = nextNanos - now > 0 ? nextNanos : now;
        nextNanos = begin + (long) ((double) bytes / bytesPerSecondMax * SECOND_NANOS);
        return begin - now;
    }
}
