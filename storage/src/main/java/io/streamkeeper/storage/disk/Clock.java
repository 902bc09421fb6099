package io.streamkeeper.storage.disk;

/** What time it is: a seam, so that tests and the simulation drive it. Safe for use by any thread. */
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

    /** Milliseconds since 1970 UTC; may be set, also back. For what is a date: expiry, age, the time of a record. */
    long nowMillis();

    /** Nanoseconds since some moment; never goes back, and says nothing about dates. For intervals. */
    long monotonicNanos();
}
