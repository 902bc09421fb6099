package io.streamkeeper.server.config;

import java.util.concurrent.TimeUnit;

/**
 * How long live readers are kept.
 *
 * @param longPollTimeoutMillis how long a long-poll waits at the most, and if it does not say
 * @param sseSessionMillis after which a session of events ends, so that clients spread over caches anew (section 10.2)
 * @param sseKeepAliveMillis after which silence is broken by a comment
 */
public record LiveConfig(long longPollTimeoutMillis, long sseSessionMillis, long sseKeepAliveMillis) {
    private static final long MILLIS_MAX = TimeUnit.DAYS.toMillis(1);

    public LiveConfig {
        Range.check("long-poll-timeout in ms", longPollTimeoutMillis, 1, MILLIS_MAX);
        Range.check("sse-session in ms", sseSessionMillis, 1, MILLIS_MAX);
        Range.check("sse-keep-alive in ms", sseKeepAliveMillis, 1, MILLIS_MAX);
    }

    public static LiveConfig defaults() {
        return new LiveConfig(20_000, 60_000, 15_000);
    }
}
