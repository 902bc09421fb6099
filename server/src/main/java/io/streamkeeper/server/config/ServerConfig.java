package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.PROCESS;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The complete configuration of a server: one record for each concern.
 *
 * @param listen where it listens
 * @param tls the files of TLS
 * @param http the limits of the requests of one connection
 * @param live how long live reads last
 * @param read how much one read returns
 * @param cache how caches may use responses
 * @param data where streams are stored, and when writes are acknowledged
 * @param retention the retention of streams that are created without retention headers
 * @param root the path below which the streams are; begins and ends with a slash
 * @param security who may use the server
 * @param limits how much of the server each client and each tenant may use
 * @param accessLog whether there is a line for each request, and where
 * @param subscriptions how many subscriptions there may be, and to what they may send webhooks
 * @param cluster the servers that have the same streams
 * @param tier the object store to which large extent files are copied
 * @param memoryBytesMax the total bytes of all streams if they are in memory; 0 for three quarters of the JVM's direct
 *     memory
 * @param shutdownTimeoutMillis how long a stop waits for requests in flight
 */
public record ServerConfig(
        ListenConfig listen,
        TlsConfig tls,
        HttpLimits http,
        LiveConfig live,
        ReadConfig read,
        CacheConfig cache,
        DataConfig data,
        RetentionConfig retention,
        String root,
        SecurityConfig security,
        LimitsConfig limits,
        AccessLogConfig accessLog,
        SubscriptionsConfig subscriptions,
        ClusterSettings cluster,
        TierSettings tier,
        long memoryBytesMax,
        long shutdownTimeoutMillis) {
    private static final Setting<String> ROOT = new Setting<>(
            PROCESS,
            "root",
            new Text(
                    "PATH",
                    "/|/([A-Za-z0-9._~-]+/)+",
                    "a path that begins and ends with a slash, of letters, digits and -._~"),
            "/v1/stream/",
            "Path that streams are below; begins and ends with a slash.");

    private static final NumberSetting MEMORY_BYTES_MAX = new NumberSetting(
            PROCESS,
            "max-memory",
            Unit.BYTES,
            0,
            Long.MAX_VALUE,
            "0",
            "Memory for all streams in durability memory; more is answered 507. 0 for three quarters of what the JVM"
                    + " gives to buffers.");

    private static final NumberSetting SHUTDOWN_TIMEOUT = new NumberSetting(
            PROCESS,
            "shutdown-timeout",
            Unit.MILLIS,
            0,
            TimeUnit.HOURS.toMillis(1),
            "10s",
            "How long a stop waits for what is in flight.");

    private static final List<Setting<?>> SETTINGS = List.of(ROOT, MEMORY_BYTES_MAX, SHUTDOWN_TIMEOUT);

    /**
     * Checks the values that are not in a record of their own.
     *
     * @param listen any
     * @param tls any
     * @param http any
     * @param live any
     * @param read any
     * @param cache any
     * @param data any
     * @param retention any
     * @param root of letters, digits, slashes and {@code -._~}
     * @param security any
     * @param limits any
     * @param accessLog any
     * @param subscriptions any
     * @param cluster any
     * @param tier any
     * @param memoryBytesMax not negative
     * @param shutdownTimeoutMillis 0 … an hour
     * @throws IllegalArgumentException if a value is not allowed
     */
    public ServerConfig {
        ROOT.check(root);
        MEMORY_BYTES_MAX.check(memoryBytesMax);
        SHUTDOWN_TIMEOUT.check(shutdownTimeoutMillis);
    }

    /** {@return the descriptions of all settings, by group, in the order in which documents and help list them} */
    public static List<Setting<?>> settings() {
        return Stream.of(
                        ListenConfig.SETTINGS,
                        TlsConfig.SETTINGS,
                        HttpLimits.SETTINGS,
                        LiveConfig.SETTINGS,
                        ReadConfig.SETTINGS,
                        CacheConfig.SETTINGS,
                        DataConfig.SETTINGS,
                        ProducerConfig.SETTINGS,
                        RetentionConfig.SETTINGS,
                        SecurityConfig.SETTINGS,
                        LimitsConfig.SETTINGS,
                        AccessLogConfig.SETTINGS,
                        SubscriptionsConfig.SETTINGS,
                        ClusterSettings.SETTINGS,
                        TierSettings.SETTINGS,
                        SETTINGS)
                .<Setting<?>>flatMap(List::stream)
                .sorted(Comparator.comparing(Setting::group))
                .toList();
    }

    /**
     * {@return the configuration with these values}
     *
     * @param values of {@link #settings}; all other settings have their defaults
     * @throws IllegalArgumentException if a value is not allowed, or two values contradict each other; the message
     *     quotes them and states what is allowed
     */
    public static ServerConfig of(SettingValues values) {
        return new ServerConfig(
                ListenConfig.of(values),
                TlsConfig.of(values),
                HttpLimits.of(values),
                LiveConfig.of(values),
                ReadConfig.of(values),
                CacheConfig.of(values),
                DataConfig.of(values),
                RetentionConfig.of(values),
                values.get(ROOT),
                SecurityConfig.of(values),
                LimitsConfig.of(values),
                AccessLogConfig.of(values),
                SubscriptionsConfig.of(values),
                ClusterSettings.of(values),
                TierSettings.of(values),
                values.get(MEMORY_BYTES_MAX),
                values.get(SHUTDOWN_TIMEOUT));
    }

    /** {@return the defaults of the command line: port 4437 of the loopback interface, data in {@code ./data}} */
    public static ServerConfig defaults() {
        return builder().build();
    }

    /** {@return a builder that has the defaults} */
    public static Builder builder() {
        return new Builder(new SettingValues());
    }

    /** {@return a builder that has the values of this configuration} */
    public Builder toBuilder() {
        SettingValues values = new SettingValues();
        listen.copyTo(values);
        tls.copyTo(values);
        http.copyTo(values);
        live.copyTo(values);
        read.copyTo(values);
        cache.copyTo(values);
        data.copyTo(values);
        retention.copyTo(values);
        security.copyTo(values);
        limits.copyTo(values);
        accessLog.copyTo(values);
        subscriptions.copyTo(values);
        cluster.copyTo(values);
        tier.copyTo(values);
        return new Builder(values)
                .root(root)
                .memoryBytesMax(memoryBytesMax)
                .shutdownTimeoutMillis(shutdownTimeoutMillis);
    }

    /**
     * Builds a configuration; values that are not changed stay the same. A lambda changes a concern: {@code
     * builder.listen(listen -> listen.port(0))}. {@link #build} checks the values. For use by one thread.
     */
    public static final class Builder {
        private final SettingValues values;

        private Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param change changes where the server listens
         */
        public Builder listen(Consumer<ListenConfig.Builder> change) {
            change.accept(new ListenConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes the files of TLS
         */
        public Builder tls(Consumer<TlsConfig.Builder> change) {
            change.accept(new TlsConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes the limits of the requests of one connection
         */
        public Builder http(Consumer<HttpLimits.Builder> change) {
            change.accept(new HttpLimits.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes how long live reads last
         */
        public Builder live(Consumer<LiveConfig.Builder> change) {
            change.accept(new LiveConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes how much one read returns, and in which form
         */
        public Builder read(Consumer<ReadConfig.Builder> change) {
            change.accept(new ReadConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes how caches may use responses
         */
        public Builder cache(Consumer<CacheConfig.Builder> change) {
            change.accept(new CacheConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes where streams are stored, and when a write is acknowledged
         */
        public Builder data(Consumer<DataConfig.Builder> change) {
            change.accept(new DataConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param retention the retention of streams that are created without retention headers
         */
        public Builder retention(RetentionConfig retention) {
            retention.copyTo(values);
            return this;
        }

        /**
         * {@return this}
         *
         * @param root the path below which the streams are; begins and ends with a slash, and consists of letters,
         *     digits, slashes and {@code -._~}
         */
        public Builder root(String root) {
            values.set(ROOT, root);
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes who may use the server
         */
        public Builder security(Consumer<SecurityConfig.Builder> change) {
            change.accept(new SecurityConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes how much of the server each client and each tenant may use
         */
        public Builder limits(Consumer<LimitsConfig.Builder> change) {
            change.accept(new LimitsConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes whether there is a line for each request, and where
         */
        public Builder accessLog(Consumer<AccessLogConfig.Builder> change) {
            change.accept(new AccessLogConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes how many subscriptions there may be, and to what they may send webhooks
         */
        public Builder subscriptions(Consumer<SubscriptionsConfig.Builder> change) {
            change.accept(new SubscriptionsConfig.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes which servers have the same streams
         */
        public Builder cluster(Consumer<ClusterSettings.Builder> change) {
            change.accept(new ClusterSettings.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes the object store, and what is kept on this machine
         */
        public Builder tier(Consumer<TierSettings.Builder> change) {
            change.accept(new TierSettings.Builder(values));
            return this;
        }

        /**
         * {@return this}
         *
         * @param memoryBytesMax the total bytes of all streams if they are in memory, at least 0; 0 for three quarters
         *     of the JVM's direct memory
         */
        public Builder memoryBytesMax(long memoryBytesMax) {
            values.set(MEMORY_BYTES_MAX, memoryBytesMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param shutdownTimeoutMillis how long a stop waits for requests in flight, 0 … an hour
         */
        public Builder shutdownTimeoutMillis(long shutdownTimeoutMillis) {
            values.set(SHUTDOWN_TIMEOUT, shutdownTimeoutMillis);
            return this;
        }

        /**
         * {@return the configuration}
         *
         * @throws IllegalArgumentException if a value is not allowed, or two values contradict each other; the message
         *     quotes them and states what is allowed
         */
        public ServerConfig build() {
            return of(values);
        }
    }
}
