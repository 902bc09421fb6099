package io.streamkeeper.server.config;

import io.streamkeeper.server.setting.Durations;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * An amount in a time, as a token bucket: {@code amount} at once, and as much again in {@code windowSeconds}, evenly.
 *
 * @param amount 1 … 10^12 requests or bytes
 * @param windowSeconds 1 … 3600
 */
public record Quota(long amount, long windowSeconds) {
    static final long AMOUNT_MAX = 1_000_000_000_000L;

    private static final long WINDOW_SECONDS_MAX = TimeUnit.HOURS.toSeconds(1);

    /**
     * Checks the values.
     *
     * @param amount 1 … 10^12 requests or bytes
     * @param windowSeconds 1 … 3600
     * @throws IllegalArgumentException if one is out of its bounds
     */
    public Quota {
        if (amount < 1 || amount > AMOUNT_MAX) {
            throw new IllegalArgumentException("'" + amount + "' is not an amount; expected 1 to " + AMOUNT_MAX);
        }
        if (windowSeconds < 1 || windowSeconds > WINDOW_SECONDS_MAX) {
            throw new IllegalArgumentException("a time of " + windowSeconds + " s; expected whole seconds, 1s to 1h");
        }
    }

    /** The quota of a text such as {@code 100/10s}, or {@code 100} for each second. */
    static Quota parse(String text, ToLongFunction<String> amount) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return new Quota(amount.applyAsLong(text), 1);
        }
        long millis = Durations.parse(text.substring(slash + 1));
        if (millis % TimeUnit.SECONDS.toMillis(1) != 0) {
            throw new IllegalArgumentException(
                    "a time of '" + text.substring(slash + 1) + "'; expected whole seconds, 1s to 1h");
        }
        return new Quota(amount.applyAsLong(text.substring(0, slash)), TimeUnit.MILLISECONDS.toSeconds(millis));
    }

    /** {@return the time in nanoseconds} */
    public long windowNanos() {
        return TimeUnit.SECONDS.toNanos(windowSeconds);
    }

    @Override
    public String toString() {
        return amount + "/" + windowSeconds + "s";
    }
}
