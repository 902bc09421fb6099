package io.streamkeeper.storage;

/** A clock that stands still until it is moved. Belongs to the thread of its test. */
public final class ManualClock implements Clock {
    private long nowMillis;

    public ManualClock(long nowMillis) {
        this.nowMillis = nowMillis;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    /** Moves on, or back with a negative number. */
    public void advance(long millis) {
        nowMillis += millis;
    }
}
