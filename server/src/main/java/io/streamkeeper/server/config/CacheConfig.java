package io.streamkeeper.server.config;

/**
 * What caches may do with the answers to reads (section 10.1).
 *
 * @param maxAgeSeconds how long an answer with data is fresh; it stays usable for five times as long while it is checked
 * @param isPrivate whether only the client's own cache may keep it
 */
public record CacheConfig(long maxAgeSeconds, boolean isPrivate) {
    private static final long SECONDS_MAX = 31_536_000;
    private static final int STALE_FACTOR = 5;

    public CacheConfig {
        Range.check("cache-max-age in seconds", maxAgeSeconds, 0, SECONDS_MAX);
    }

    public static CacheConfig defaults() {
        return new CacheConfig(60, false);
    }

    /** {@code Cache-Control} for an answer with data, which never changes. */
    public String data() {
        return (isPrivate ? "private" : "public") + ", max-age=" + maxAgeSeconds + ", stale-while-revalidate="
                + STALE_FACTOR * maxAgeSeconds;
    }

    /** {@code Cache-Control} for the answer that there is nothing yet, which may change at any moment. */
    public String nothing() {
        return (isPrivate ? "private" : "public") + ", no-cache";
    }
}
