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
 * @param retention what streams keep that say nothing of it
 * @param root the path that streams are below; begins and ends with a slash
 * @param corsOrigin the origin whose scripts may use the server: one, {@code *} for all, {@code none} for none
 * @param memoryBytesMax bytes of all streams together where they are in memory; 0 for three quarters of the memory that
 *     the JVM gives to buffers
 * @param shutdownTimeoutMillis how long a stop waits for what is in flight
 */
public record ServerConfig(
        ListenConfig listen,
        HttpLimits http,
        LiveConfig live,
        ReadConfig read,
        CacheConfig cache,
        DataConfig data,
        RetentionConfig retention,
        String root,
        String corsOrigin,
        long memoryBytesMax,
        long shutdownTimeoutMillis) {
    private static final long SHUTDOWN_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);

    /**
     * Checks what the records do not check themselves.
     *
     * @param listen any
     * @param http any
     * @param live any
     * @param read any
     * @param cache any
     * @param data any
     * @param retention any
     * @param root of letters, digits, slashes and {@code -._~}
     * @param corsOrigin {@code *}, {@code none}, or a scheme, {@code ://} and an authority
     * @param memoryBytesMax not negative
     * @param shutdownTimeoutMillis 0 … an hour
     * @throws IllegalArgumentException if one is not so
     */
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

    /** {@return what a server has that is told nothing: port 4437 of the loopback interface, data in {@code ./data}} */
    public static ServerConfig defaults() {
        return new ServerConfig(
                ListenConfig.defaults(),
                HttpLimits.defaults(),
                LiveConfig.defaults(),
                ReadConfig.defaults(),
                CacheConfig.defaults(),
                DataConfig.defaults(),
                RetentionConfig.defaults(),
                "/v1/stream/",
                "*",
                0,
                10_000);
    }

    /**
     * {@return the same with another address, port, transport or shards}
     *
     * @param newListen where it listens, and with what
     */
    public ServerConfig withListen(ListenConfig newListen) {
        return new ServerConfig(
                newListen,
                http,
                live,
                read,
                cache,
                data,
                retention,
                root,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with other limits of a connection}
     *
     * @param newHttp what one connection may ask of it
     */
    public ServerConfig withHttp(HttpLimits newHttp) {
        return new ServerConfig(
                listen,
                newHttp,
                live,
                read,
                cache,
                data,
                retention,
                root,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with other times of live readers}
     *
     * @param newLive how long live readers are kept
     */
    public ServerConfig withLive(LiveConfig newLive) {
        return new ServerConfig(
                listen,
                http,
                newLive,
                read,
                cache,
                data,
                retention,
                root,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with other reads}
     *
     * @param newRead how much one read returns, and in which form
     */
    public ServerConfig withRead(ReadConfig newRead) {
        return new ServerConfig(
                listen,
                http,
                live,
                newRead,
                cache,
                data,
                retention,
                root,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with other rules for caches}
     *
     * @param newCache what caches may do
     */
    public ServerConfig withCache(CacheConfig newCache) {
        return new ServerConfig(
                listen,
                http,
                live,
                read,
                newCache,
                data,
                retention,
                root,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with other storage}
     *
     * @param newData where streams are kept, and when a write is acknowledged
     */
    public ServerConfig withData(DataConfig newData) {
        return new ServerConfig(
                listen,
                http,
                live,
                read,
                cache,
                newData,
                retention,
                root,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with other retention}
     *
     * @param newRetention what streams keep that say nothing of it
     */
    public ServerConfig withRetention(RetentionConfig newRetention) {
        return new ServerConfig(
                listen,
                http,
                live,
                read,
                cache,
                data,
                newRetention,
                root,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with another root}
     *
     * @param newRoot a path that begins and ends with a slash, of letters, digits and {@code -._~}
     * @throws IllegalArgumentException if it is not so
     */
    public ServerConfig withRoot(String newRoot) {
        return new ServerConfig(
                listen,
                http,
                live,
                read,
                cache,
                data,
                retention,
                newRoot,
                corsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with another origin whose scripts may use the server}
     *
     * @param newCorsOrigin one such as {@code https://example.com}, {@code *} for all, {@code none} for none
     * @throws IllegalArgumentException if it is none of these
     */
    public ServerConfig withCorsOrigin(String newCorsOrigin) {
        return new ServerConfig(
                listen,
                http,
                live,
                read,
                cache,
                data,
                retention,
                root,
                newCorsOrigin,
                memoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with another bound on streams in memory}
     *
     * @param newMemoryBytesMax bytes; 0 for three quarters of the memory that the JVM gives to buffers
     * @throws IllegalArgumentException if it is negative
     */
    public ServerConfig withMemoryBytesMax(long newMemoryBytesMax) {
        return new ServerConfig(
                listen,
                http,
                live,
                read,
                cache,
                data,
                retention,
                root,
                corsOrigin,
                newMemoryBytesMax,
                shutdownTimeoutMillis);
    }

    /**
     * {@return the same with another time for a stop}
     *
     * @param newShutdownTimeoutMillis 0 to an hour
     * @throws IllegalArgumentException if it is out of that range
     */
    public ServerConfig withShutdownTimeoutMillis(long newShutdownTimeoutMillis) {
        return new ServerConfig(
                listen,
                http,
                live,
                read,
                cache,
                data,
                retention,
                root,
                corsOrigin,
                memoryBytesMax,
                newShutdownTimeoutMillis);
    }
}
