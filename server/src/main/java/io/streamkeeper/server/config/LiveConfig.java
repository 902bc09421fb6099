package io.streamkeeper.server.config;

import java.util.concurrent.TimeUnit;

/**
 * How long live readers are kept.
 *
 * @param longPollTimeoutMillis how long a long-poll waits that does not say how long
 * @param longPollTimeoutMillisMax how long a long-poll waits at the most, whatever it says
 * @param sseSessionMillis after which a session of events ends, so that clients spread over caches anew (section 10.2)
 * @param sseKeepAliveMillis after which silence is broken by a comment
 */
public record LiveConfig(
        long longPollTimeoutMillis, long longPollTimeoutMillisMax, long sseSessionMillis, long sseKeepAliveMillis) {
    private static final long MILLIS_MAX = TimeUnit.DAYS.toMillis(1);

    /**
     * Checks the values.
     *
     * @param longPollTimeoutMillis at least 1, at most {@code longPollTimeoutMillisMax}
     * @param longPollTimeoutMillisMax at least 1, at most a day
     * @param sseSessionMillis at least 1, at most a day
     * @param sseKeepAliveMillis at least 1, at most a day
     * @throws IllegalArgumentException if one is not so
     */
    public LiveConfig {
        Range.check("long-poll-timeout-max in ms", longPollTimeoutMillisMax, 1, MILLIS_MAX);
        Range.check("long-poll-timeout in ms", longPollTimeoutMillis, 1, MILLIS_MAX);
        if (longPollTimeoutMillis > longPollTimeoutMillisMax) {
            throw new IllegalArgumentException(
                    "long-poll-timeout is " + longPollTimeoutMillis + " ms, but long-poll-timeout-max is "
                            + longPollTimeoutMillisMax + " ms; expected at least as much");
        }
        Range.check("sse-session in ms", sseSessionMillis, 1, MILLIS_MAX);
        Range.check("sse-keep-alive in ms", sseKeepAliveMillis, 1, MILLIS_MAX);
    }

    /** {@return long-polls of 20 seconds, or of a minute for who asks, sessions of a minute, a comment after 15 seconds of silence} */
    public static LiveConfig defaults() {
        return new LiveConfig(20_000, 60_000, 60_000, 15_000);
    }
}
