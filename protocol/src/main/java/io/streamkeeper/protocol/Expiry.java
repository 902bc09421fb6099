package io.streamkeeper.protocol;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When a stream expires (section 5.1): never, after a time without use, or at a point in time. Two are equal if they
 * mean the same.
 */
public sealed interface Expiry {
    /** {@return the expiry of a stream that does not expire} */
    static Expiry never() {
        return Never.INSTANCE;
    }

    /** The stream does not expire. */
    record Never() implements Expiry {
        private static final Never INSTANCE = new Never();
    }

    /**
     * After a time without a read or a write ({@code Stream-TTL}).
     *
     * @param seconds the time, not negative
     */
    record Ttl(long seconds) implements Expiry {}

    /**
     * At a point in time ({@code Stream-Expires-At}).
     *
     * @param epochMillis milliseconds since 1970 UTC
     */
    record At(long epochMillis) implements Expiry {
        private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern(
                        "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        /** {@return the time as RFC 3339, in UTC with milliseconds} */
        public String text() {
            return TEXT.format(Instant.ofEpochMilli(epochMillis));
        }
    }

    /**
     * Reads the headers {@code Stream-TTL} and {@code Stream-Expires-At}.
     *
     * @param ttl seconds, at most 15 digits; null where the header was not sent
     * @param expiresAt a time as RFC 3339; null where the header was not sent
     * @return the requested expiry; {@link #never} where neither was sent
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if one is not valid, or both were sent
     */
    static Expiry parse(@Nullable String ttl, @Nullable String expiresAt) {
        if (ttl != null && expiresAt != null) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER, "Stream-TTL and Stream-Expires-At were both sent, expected one of them");
        }
        if (ttl != null) {
            return new Ttl(seconds(ttl));
        }
        return expiresAt == null ? never() : new At(moment(expiresAt));
    }

    private static long seconds(String text) {
        if (!text.matches("0|[1-9][0-9]{0,14}")) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER,
                    "Stream-TTL is " + Quoted.of(text) + ", expected seconds as a whole number without sign or leading"
                            + " zeros");
        }
        return Digits.toLong(text);
    }

    private static long moment(String text) {
        Long millis = Rfc3339.millis(text);
        if (millis == null) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER,
                    "Stream-Expires-At is " + Quoted.of(text) + ", expected a moment as RFC 3339 has it, such as"
                            + " 2030-01-31T12:00:00Z");
        }
        return millis;
    }

    /**
     * {@return the time at which a stream expires, in milliseconds since 1970 UTC; {@link Long#MAX_VALUE} for never}
     *
     * @param usedMillis when it was last read or written, in milliseconds since 1970 UTC
     */
    default long deadlineMillis(long usedMillis) {
        if (this instanceof Ttl ttl) {
            return ttl.seconds() > (Long.MAX_VALUE - usedMillis) / 1000
                    ? Long.MAX_VALUE
                    : usedMillis + ttl.seconds() * 1000;
        }
        if (this instanceof At at) {
            return at.epochMillis();
        }
        if (this instanceof Never) {
            return Long.MAX_VALUE;
        }
        throw new IllegalStateException("an expiry of the unknown type " + getClass());
    }
}
