package io.streamkeeper.storage;

import java.util.concurrent.TimeUnit;

/**
 * The two times of a shard's streams, both in milliseconds since 1970 UTC as the machine's clock had it when the shard was
 * opened: the wall clock, which may be set and which moments are compared with, and steady time, which passes as time does
 * and which the time without use is measured in. A clock that is set back lengthens no sliding life. Owned by the shard's loop.
 */
final class ShardClock {
    private final Clock clock;
    private final long openedMillis;
    private final long openedNanos;

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
}
