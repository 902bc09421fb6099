package io.streamkeeper.server.limit;

import java.util.concurrent.atomic.AtomicInteger;

/** A number of things at a time. Safe for use by any thread. */
final class Cap {
    private final int max;
    private final AtomicInteger held = new AtomicInteger();

    /** At most {@code max} things. */
    Cap(int max) {
        this.max = max;
    }

    int max() {
        return max;
    }

    /** Takes one; returns false if none is left. */
    boolean tryHold() {
        return tryHold(held, max);
    }

    /** Adds one to {@code held}; returns false if it is {@code max} already. */
    static boolean tryHold(AtomicInteger held, long max) {
        while (true) {
            int before = held.get();
            if (before >= max) {
                return false;
            }
            if (held.compareAndSet(before, before + 1)) {
                return true;
            }
        }
    }

    /** Whether one is left now. */
    boolean hasLeft() {
        return held.get() < max;
    }

    void release() {
        held.decrementAndGet();
    }

    int held() {
        return held.get();
    }
}
