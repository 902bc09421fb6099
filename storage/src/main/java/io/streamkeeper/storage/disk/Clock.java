package io.streamkeeper.storage.disk;

/** The time: an interface, so that tests and the simulation control it. Safe for use by any thread. */
public interface Clock {
    /** The machine's clocks. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nowMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    };

    /**
     * Milliseconds since 1970 UTC; the clock may be set, also back. Used for dates: expiry, age, the time of a record.
     */
    long nowMillis();

    /** Nanoseconds since an arbitrary moment; never decreases, and has no relation to dates. Used for intervals. */
    long monotonicNanos();
}
