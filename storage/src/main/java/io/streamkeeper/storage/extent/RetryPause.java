package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.disk.Clock;
import java.util.concurrent.TimeUnit;

/** The time in which jobs of a kind do not begin, because the last one has failed. Owned by the shard's loop. */
final class RetryPause {
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private long endNanos;
    private boolean lasts;

    RetryPause(Clock clock) {
        this.clock = clock;
    }

    void begin() {
        endNanos = clock.monotonicNanos() + NANOS;
        lasts = true;
    }

    /** Ends it early, because the reason has passed. */
    void end() {
        lasts = false;
    }

    boolean lasts() {
        lasts = lasts && clock.monotonicNanos() - endNanos < 0;
        return lasts;
    }
}
