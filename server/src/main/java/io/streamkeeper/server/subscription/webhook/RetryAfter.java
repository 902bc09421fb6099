package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.protocol.Digits;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After} (RFC 9110, section 10.2.3). */
final class RetryAfter {
    /** The most that a receiver may ask for. */
    static final long MILLIS_MAX = TimeUnit.MINUTES.toMillis(5);

    private static final int DIGITS_MAX = 9;

    private RetryAfter() {}

    /** How long a receiver asks to wait, bounded; 0 if it asks for nothing that is understood. */
    static long millis(@Nullable String value, long nowMillis) {
        if (value == null) {
            return 0;
        }
        long asked = 0;
        if (Digits.are(value)) {
            asked = value.length() > DIGITS_MAX ? MILLIS_MAX : TimeUnit.SECONDS.toMillis(Digits.toLong(value));
        } else {
            asked = dateMillis(value, nowMillis) - nowMillis;
        }
        return Math.max(0, Math.min(MILLIS_MAX, asked));
    }

    private static long dateMillis(String value, long otherwise) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value))
                    .toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            return otherwise;
        }
    }
}
