package io.streamkeeper.protocol;

import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Cursors of live reads (section 10.1): the number of the current interval, so that a cache may serve one answer to all
 * who ask within it and to nobody for ever.
 */
public final class Cursor {
    private static final long INTERVAL_MILLIS = 20_000;
    private static final long EPOCH_MILLIS =
            Instant.parse("2024-10-09T00:00:00Z").toEpochMilli();

    /** Jitter of up to an hour, in intervals. */
    private static final int JITTER_INTERVALS_MAX = 180;

    /** More digits than this no cursor of ours has; such a one is not believed. */
    private static final int DIGITS_MAX = 15;

    private Cursor() {}

    /**
     * {@return the number of the interval that a moment is in; intervals are 20 seconds long}
     *
     * @param nowMillis milliseconds since 1970 UTC
     */
    public static long interval(long nowMillis) {
        return Math.floorDiv(nowMillis - EPOCH_MILLIS, INTERVAL_MILLIS);
    }

    /**
     * The cursor to answer with: the current interval, or if the client's is not behind that, one which is greater than
     * the client's by a random step of up to an hour.
     *
     * @param nowMillis milliseconds since 1970 UTC
     * @param clientCursor what the client echoes; null, or not a number, if it has none of ours
     * @param random draws the step
     * @return a whole number in decimal digits
     */
    public static String next(long nowMillis, @Nullable String clientCursor, RandomGenerator random) {
        long current = interval(nowMillis);
        long client = clientCursor == null ? -1 : number(clientCursor);
        return Long.toString(client < current ? current : client + 1 + random.nextInt(JITTER_INTERVALS_MAX));
    }

    private static long number(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && text.length() <= DIGITS_MAX ? Long.parseLong(text) : -1;
    }
}
