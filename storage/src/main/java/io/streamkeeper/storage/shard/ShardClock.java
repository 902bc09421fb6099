package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.disk.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The times of a shard's streams, all in milliseconds since 1970 UTC: the wall clock, which may be set and which moments are
 * compared with; steady time, which passes as time does since the machine's clock was read when the shard was opened, and which
 * the time without use is measured in; and what the age of data is measured to. A clock that is set back lengthens no sliding
 * life. Owned by the shard's loop.
 *
 * <p>Data is stamped by the wall clock, and what age has dropped does not come back. So a wall clock that is set forward counts
 * for ages only after it has been ahead for an hour: one that is wrong for a while drops nothing, and one that was wrong before
 * is believed in the end.
 */
final class ShardClock {
    /** A clock that is ahead by no more than this was adjusted, not set. */
    private static final long ADJUSTED_MILLIS_MAX = TimeUnit.MINUTES.toMillis(1);

    private static final long BELIEVED_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Clock clock;
    private final long openedMillis;
    private final long openedNanos;

    /** How far the wall clock is ahead of steady time as far as it is believed. */
    private long aheadMillis;

    private boolean isSet;
    private long setNanos;

    /** The times of a shard that is opened now. */
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

    /** What the age of data is measured to: not after the wall clock, and not where that was set forward a short time ago. */
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
