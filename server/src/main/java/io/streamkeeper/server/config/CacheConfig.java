package io.streamkeeper.server.config;

import io.streamkeeper.protocol.Expiry;

/**
 * What caches may do with the answers to reads (section 10.1).
 *
 * @param maxAgeSeconds how long an answer with data is fresh; it stays usable for five times as long while it is checked
 * @param isPrivate whether only the client's own cache may keep it
 */
public record CacheConfig(long maxAgeSeconds, boolean isPrivate) {
    private static final long SECONDS_MAX = 31_536_000;
    private static final int STALE_FACTOR = 5;

    /**
     * Checks the values.
     *
     * @param maxAgeSeconds 0 … {@value #SECONDS_MAX}
     * @param isPrivate either
     * @throws IllegalArgumentException if {@code maxAgeSeconds} is not so
     */
    public CacheConfig {
        Range.check("cache-max-age in seconds", maxAgeSeconds, 0, SECONDS_MAX);
    }

    /** {@return a minute, in any cache} */
    public static CacheConfig defaults() {
        return new CacheConfig(60, false);
    }

    /**
     * {@return {@code Cache-Control} for an answer with data, which never changes; kept no longer than the stream is}
     *
     * @param expiry the stream's
     * @param nowMillis milliseconds since 1970 UTC
     */
    public String data(Expiry expiry, long nowMillis) {
        long goesInSeconds = Math.max(0, (expiry.deadlineMillis(nowMillis) - nowMillis) / 1000);
        long freshSeconds = Math.min(maxAgeSeconds, goesInSeconds);
        long staleSeconds = Math.min(STALE_FACTOR * maxAgeSeconds, goesInSeconds - freshSeconds);
        return scope() + ", max-age=" + freshSeconds + ", stale-while-revalidate=" + staleSeconds;
    }

    /** {@return {@code Cache-Control} for the answer that there is nothing yet, which may change at any moment} */
    public String nothing() {
        return scope() + ", no-cache";
    }

    private String scope() {
        return isPrivate ? "private" : "public";
    }
}
