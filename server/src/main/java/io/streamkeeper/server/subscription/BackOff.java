package io.streamkeeper.server.subscription;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after failed attempts: 1 s after the first one, twice as long after each further one, at most 60 s,
 * give or take {@value #JITTER_PERCENT} % (section 7.1).
 */
final class BackOff {
    static final int JITTER_PERCENT = 20;

    private static final long FIRST_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long MAX_MILLIS = TimeUnit.SECONDS.toMillis(60);

    /** The longest time that a receiver may ask for. */
    static final long ASKED_MILLIS_MAX = TimeUnit.MINUTES.toMillis(5);

    private BackOff() {}

    /**
     * The delay after {@code attempts} failed attempts.
     *
     * @param askedMillis what the receiver asks for; 0 for nothing
     * @param random returns numbers from 0 to 1
     */
    static long millis(int attempts, long askedMillis, DoubleSupplier random) {
        int doublings = Math.min(10, Math.max(0, attempts - 1));
        long base = Math.min(MAX_MILLIS, FIRST_MILLIS << doublings);
        double factor = 1 + (2 * random.getAsDouble() - 1) * JITTER_PERCENT / 100;
        return Math.max((long) (base * factor), Math.min(askedMillis, ASKED_MILLIS_MAX));
    }
}
