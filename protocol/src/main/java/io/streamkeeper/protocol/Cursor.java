package io.streamkeeper.protocol;

import java.math.BigInteger;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Cursors of live reads (section 10.1): the number of the current interval, so that a cache serves one response to all
 * readers of an interval, and to none after it.
 */
public final class Cursor {
    private static final long INTERVAL_MILLIS = 20_000;
    private static final long EPOCH_MILLIS =
            Instant.parse("2024-10-09T00:00:00Z").toEpochMilli();

    /** Jitter of up to an hour, in intervals. */
    private static final int JITTER_INTERVALS_MAX = 180;

    /** The longest cursor of a client in characters. */
    public static final int LENGTH_MAX = 32;

    /** More digits may not fit a {@code long}. */
    private static final int LONG_DIGITS_MAX = 18;

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
     * Checks a cursor that a client returns.
     *
     * @param text at most {@value #LENGTH_MAX} characters; null where none was sent
     * @return the same
     * @throws RefusedException with {@link ErrorCode#INVALID_PARAMETER} if it is longer, because no greater
     *     one could be returned
     */
    public static @Nullable String check(@Nullable String text) {
        if (text != null && text.length() > LENGTH_MAX) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter cursor " + Quoted.of(text) + " has " + text.length() + " characters; expected at most "
                            + LENGTH_MAX);
        }
        return text;
    }

    /**
     * The cursor of a response: the current interval or, if the client's cursor is not before it, the client's plus a
     * random step of up to an hour.
     *
     * @param nowMillis milliseconds since 1970 UTC
     * @param clientCursor what the client sent; null or not a number if this server did not issue it
     * @param random draws the step
     * @return a whole number in decimal digits
     */
    public static String next(long nowMillis, @Nullable String clientCursor, RandomGenerator random) {
        long current = interval(nowMillis);
        String digits = clientCursor != null && Digits.are(clientCursor) ? clientCursor : "";
        if (digits.length() > LONG_DIGITS_MAX) {
            BigInteger client = Digits.toBigInteger(digits);
            return client.compareTo(BigInteger.valueOf(current)) < 0
                    ? Long.toString(current)
                    : client.add(BigInteger.valueOf(step(random))).toString();
        }
        long client = digits.isEmpty() ? -1 : Digits.toLong(digits);
        return Long.toString(client < current ? current : client + step(random));
    }

    private static int step(RandomGenerator random) {
        return 1 + random.nextInt(JITTER_INTERVALS_MAX);
    }

    /**
     * {@return a cursor as a number, {@link Long#MAX_VALUE} for one that is larger}
     *
     * @param cursor decimal digits, as {@link #next} returns them
     */
    public static long value(String cursor) {
        return cursor.length() > LONG_DIGITS_MAX ? Long.MAX_VALUE : Digits.toLong(cursor);
    }
}
