package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.disk.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The times of a shard, all in milliseconds since 1970 UTC. The wall clock, which an operator may set, is compared with
 * points in time. Steady time starts at the wall clock's time when the shard is opened and is monotonic; it measures
 * the time without use, so a clock that is set back lengthens no sliding lifetime. A third time measures the age of
 * data. Owned by the shard's loop.
 *
 * <p>Data is stamped by the wall clock, and data that is dropped because of its age is lost. So a wall clock that is
 * set forward counts for ages only after it has been ahead for an hour: a clock that is wrong for a while drops
 * nothing, and the correction of a clock that was wrong before is accepted after that hour.
 */
final class ShardClock {
    /** A clock that moves ahead by at most this was adjusted, not set. */
    private static final long ADJUSTED_MILLIS_MAX = TimeUnit.MINUTES.toMillis(1);

    private static final long BELIEVED_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Clock clock;
    private final long openedMillis;
    private final long openedNanos;

    /** How far the wall clock is ahead of steady time, as far as that is accepted. */
    private long aheadMillis;

    private boolean isSet;
    private long setNanos;

    /** The times of a shard that opens now. */
    ShardClock(Clock clock) {
        this.clock = clock;
        this.openedMillis = clock.nowMillis();
        this.openedNanos = clock.monotonicNanos();
    }

    long wallMillis() {
        return clock.nowMillis();
    }

    long steadyMillis() {
        return openedMillis + TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - openedNanos);
    }

    /**
     * The current time for the age of data: never after the wall clock, and before it if the wall clock was set forward
     * a short time ago.
     */
    long ageMillis() {
        long wall = wallMillis();
        long ahead = wall - steadyMillis();
        if (ahead <= aheadMillis + ADJUSTED_MILLIS_MAX) {
            isSet = false;
            aheadMillis = Math.max(ahead, aheadMillis);
        } else if (!isSet) {
            isSet = true;
            setNanos = clock.monotonicNanos();
        } else if (clock.monotonicNanos() - setNanos >= BELIEVED_NANOS) {
            isSet = false;
            aheadMillis = ahead;
        }
        return Math.min(wall, steadyMillis() + aheadMillis);
    }
}
