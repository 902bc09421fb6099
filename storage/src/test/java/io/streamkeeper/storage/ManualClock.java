package io.streamkeeper.storage;

import io.streamkeeper.storage.disk.Clock;
import java.util.concurrent.TimeUnit;

/** A clock that stands still until it is moved. Belongs to the thread of its test. */
public final class ManualClock implements Clock {
    private long nowMillis;
    private long monotonicNanos;

    public ManualClock(long nowMillis) {
        this.nowMillis = nowMillis;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    @Override
    public long monotonicNanos() {
        return monotonicNanos;
    }

    /** Time passes; a negative number sets the wall clock back, in no time. */
    public void advance(long millis) {
        nowMillis += millis;
        monotonicNanos += TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis));
    }

    /** Sets the wall clock on, or back with a negative number, in no time. */
    public void set(long millis) {
        nowMillis += millis;
    }
}
