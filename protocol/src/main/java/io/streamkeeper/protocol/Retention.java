package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How much a stream keeps. Data beyond a bound is dropped at the beginning of the stream. Each bound is optional.
 *
 * @param maxAgeSeconds the greatest age of data, or {@value #UNBOUNDED}
 * @param maxBytes how many of the last bytes are kept, or {@value #UNBOUNDED}
 * @param maxMessages how many of the last messages (of a stream of bytes: appends) are kept, or {@value #UNBOUNDED}
 */
public record Retention(long maxAgeSeconds, long maxBytes, long maxMessages) {
    /** No bound of this kind. */
    public static final long UNBOUNDED = -1;

    private static final Retention NONE = new Retention(UNBOUNDED, UNBOUNDED, UNBOUNDED);

    /**
     * Checks the bounds.
     *
     * @param maxAgeSeconds 1 or more, or {@value #UNBOUNDED}
     * @param maxBytes 1 or more, or {@value #UNBOUNDED}
     * @param maxMessages 1 or more, or {@value #UNBOUNDED}
     * @throws IllegalArgumentException if one is out of range
     */
    public Retention {
        check("maxAgeSeconds", maxAgeSeconds);
        check("maxBytes", maxBytes);
        check("maxMessages", maxMessages);
    }

    private static void check(String name, long value) {
        if (value < 1 && value != UNBOUNDED) {
            throw new IllegalArgumentException(
                    name + " is " + value + "; expected 1 or more, or " + UNBOUNDED + " for no bound");
        }
    }

    /** {@return the retention that keeps everything} */
    public static Retention none() {
        return NONE;
    }

    /**
     * Reads the headers {@code Stream-Retention-Max-Age}, {@code -Max-Bytes} and {@code -Max-Messages}: each a whole
     * number above 0 of at most 15 digits, or null where it was not sent.
     *
     * @param age seconds
     * @param bytes bytes as stored
     * @param messages messages
     * @return the requested retention
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if one is not valid
     */
    public static Retention parse(@Nullable String age, @Nullable String bytes, @Nullable String messages) {
        if (age == null && bytes == null && messages == null) {
            return NONE;
        }
        return new Retention(
                number("Stream-Retention-Max-Age", age, "seconds"),
                number("Stream-Retention-Max-Bytes", bytes, "bytes"),
                number("Stream-Retention-Max-Messages", messages, "messages"));
    }

    private static long number(String name, @Nullable String text, String unit) {
        if (text == null) {
            return UNBOUNDED;
        }
        if (!text.matches("[1-9][0-9]{0,14}")) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER,
                    name + " is " + Quoted.of(text) + ", expected " + unit
                            + " as a whole number above 0 without sign or leading zeros, at most 15 digits");
        }
        return Digits.toLong(text);
    }

    /** {@return whether the age of data is bounded} */
    public boolean isByAge() {
        return maxAgeSeconds != UNBOUNDED;
    }

    /** {@return whether everything is kept} */
    public boolean isNone() {
        return equals(NONE);
    }
}
