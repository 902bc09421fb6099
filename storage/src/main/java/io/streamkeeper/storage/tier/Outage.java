package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.disk.Clock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the object store answers, what is reported of it, and when work that has failed is tried again. Safe for use by
 * any thread.
 */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long PAUSE_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final Clock clock;
    private final String location;
    private boolean fails;
    private long sinceNanos;
    private long reportedNanos;
    private long pauseNanos;
    private long pauseEndNanos;

    Outage(Clock clock, String location) {
        this.clock = clock;
        this.location = location;
    }

    /** A call of the object store has succeeded. */
    synchronized void answered() {
        if (fails) {
            LOG.warn(
                    "the tier {} answers again, after {} s",
                    location,
                    TimeUnit.NANOSECONDS.toSeconds(clock.monotonicNanos() - sinceNanos));
        }
        fails = false;
        pauseNanos = 0;
        pauseEndNanos = clock.monotonicNanos();
    }

    /** A call of the object store has failed. */
    synchronized void failed(String what, Throwable reason) {
        long now = clock.monotonicNanos();
        if (!fails || now - reportedNanos >= REPORT_NANOS) {
            LOG.warn("the tier {} does not {}: {}; it is tried again", location, what, reason.getMessage());
            reportedNanos = now;
        }
        if (!fails) {
            fails = true;
            sinceNanos = now;
        }
    }

    /** Work of the tier has failed: it pauses, each time longer. */
    synchronized void pause() {
        pauseNanos = Math.min(PAUSE_NANOS_MAX, Math.max(PAUSE_NANOS_MIN, 2 * pauseNanos));
        pauseEndNanos = clock.monotonicNanos() + pauseNanos;
    }

    synchronized boolean isPaused() {
        return pauseNanos > 0 && clock.monotonicNanos() - pauseEndNanos < 0;
    }

    /** For how long the object store has answered nothing; 0 if its last call has succeeded. */
    synchronized long millis() {
        return fails ? Math.max(1, TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - sinceNanos)) : 0;
    }
}
