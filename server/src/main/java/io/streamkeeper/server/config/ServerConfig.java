package io.streamkeeper.server.config;

import java.util.concurrent.TimeUnit;

/**
 * Everything that a server is started with: one record for each concern.
 *
 * @param listen where it listens
 * @param http what one connection may ask of it
 * @param live how long live readers are kept
 * @param read how much one read returns
 * @param cache what caches may do
 * @param data where streams are kept
 * @param root the path that streams are below; begins and ends with a slash
 * @param corsOrigin the origin whose scripts may use the server: one, {@code *} for all, {@code none} for none
 * @param memoryBytesMax bytes of all streams together where they are in memory; 0 for three quarters of the memory that the JVM gives to buffers
 * @param shutdownTimeoutMillis how long a stop waits for what is in flight
 */
public record ServerConfig(
        ListenConfig listen,
        HttpLimits http,
        LiveConfig live,
        ReadConfig read,
        CacheConfig cache,
        DataConfig data,
        String root,
        String corsOrigin,
        long memoryBytesMax,
        long shutdownTimeoutMillis) {
    private static final long SHUTDOWN_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);

    public ServerConfig {
        if (!root.matches("/|/([A-Za-z0-9._~-]+/)+")) {
            throw new IllegalArgumentException("root is \"" + root
                    + "\"; expected a path that begins and ends with a slash, of letters, digits and -._~");
        }
        if (!corsOrigin.matches("\\*|none|[a-z][a-z0-9+.-]*://[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException("cors-origin is \"" + corsOrigin
                    + "\"; expected *, none, or an origin such as https://example.com");
        }
        Range.check("max-memory in bytes", memoryBytesMax, 0, Long.MAX_VALUE);
        Range.check("shutdown-timeout in ms", shutdownTimeoutMillis, 0, SHUTDOWN_MILLIS_MAX);
    }

    public static ServerConfig defaults() {
        return new ServerConfig(
                ListenConfig.defaults(),
                HttpLimits.defaults(),
                LiveConfig.defaults(),
                ReadConfig.defaults(),
                CacheConfig.defaults(),
                DataConfig.defaults(),
                "/v1/stream/",
                "*",
                0,
                10_000);
    }

    public ServerConfig withListen(ListenConfig newListen) {
        return new ServerConfig(
                newListen, http, live, read, cache, data, root, corsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withHttp(HttpLimits newHttp) {
        return new ServerConfig(
                listen, newHttp, live, read, cache, data, root, corsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withLive(LiveConfig newLive) {
        return new ServerConfig(
                listen, http, newLive, read, cache, data, root, corsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withRead(ReadConfig newRead) {
        return new ServerConfig(
                listen, http, live, newRead, cache, data, root, corsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withCache(CacheConfig newCache) {
        return new ServerConfig(
                listen, http, live, read, newCache, data, root, corsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withData(DataConfig newData) {
        return new ServerConfig(
                listen, http, live, read, cache, newData, root, corsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withRoot(String newRoot) {
        return new ServerConfig(
                listen, http, live, read, cache, data, newRoot, corsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withCorsOrigin(String newCorsOrigin) {
        return new ServerConfig(
                listen, http, live, read, cache, data, root, newCorsOrigin, memoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withMemoryBytesMax(long newMemoryBytesMax) {
        return new ServerConfig(
                listen, http, live, read, cache, data, root, corsOrigin, newMemoryBytesMax, shutdownTimeoutMillis);
    }

    public ServerConfig withShutdownTimeoutMillis(long newShutdownTimeoutMillis) {
        return new ServerConfig(
                listen, http, live, read, cache, data, root, corsOrigin, memoryBytesMax, newShutdownTimeoutMillis);
    }
}
