package io.streamkeeper.server.config;

import static io.streamkeeper.server.config.OptionalFile.NONE;
import static io.streamkeeper.server.setting.SettingGroup.LIMITS;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much of the server each client and each tenant may use.
 *
 * @param client the limits of each client, see {@link LimitSet}; {@code none} for none
 * @param tenant the limits of each tenant, see {@link LimitSet}; {@code none} for none
 * @param tenants the pattern of the segments that name a tenant; {@code none} if there are no tenants
 * @param file the file with the limits of individual clients and tenants; {@code none} for none
 * @param trustedProxies the addresses of proxies whose {@code X-Forwarded-For} names the client; {@code none} for none
 * @param liveReadsMax live reads of all clients at a time; 0 for no limit
 * @param streamsMax streams of all clients; 0 for no limit
 */
public record LimitsConfig(
        String client,
        String tenant,
        String tenants,
        String file,
        String trustedProxies,
        int liveReadsMax,
        int streamsMax) {
    private static final String SEGMENT = "(\\*|[^*/\\s]+)";

    private static final Setting<String> CLIENT = new Setting<>(
            LIMITS,
            "limit-client",
            words("requests=100/1s,in=1MiB/1s,out=10MiB/1s,live=50,connections=20"),
            NONE,
            "What each client may use: its requests, the bytes of their bodies and of the responses, each in a time; its"
                    + " live reads and connections. A client is an authenticated name, or else an address.");

    private static final Setting<String> TENANT = new Setting<>(
            LIMITS,
            "limit-tenant",
            words("requests=1000/1s,live=500,streams=10000,storage=1GiB"),
            NONE,
            "What each tenant may use, of the same kinds except connections; also its streams, and the bytes of them.");

    private static final Setting<String> TENANTS = new Setting<>(
            LIMITS,
            "tenants",
            new Text(
                    "PATTERN",
                    NONE + "|" + SEGMENT + "(/" + SEGMENT + ")*",
                    "none, or segments joined by slashes, such as tenants/*"),
            NONE,
            "The segments at the beginning of a path that name the tenant whose stream it is; * is any segment.");

    private static final Setting<String> FILE = new Setting<>(
            LIMITS,
            "limits-file",
            OptionalFile.TYPE,
            NONE,
            "File with the limits of individual clients and tenants. Read again when it changes.");

    private static final Setting<String> TRUSTED_PROXIES = new Setting<>(
            LIMITS,
            "trusted-proxies",
            new Text(
                    "RANGES",
                    NONE + "|[0-9a-fA-F:./]+(,[0-9a-fA-F:./]+)*",
                    "none, or ranges of addresses such as 10.0.0.0/8,::1"),
            NONE,
            "Addresses of proxies; on their connections, X-Forwarded-For names the client. From other addresses it is"
                    + " ignored.");

    private static final NumberSetting LIVE_READS_MAX = new NumberSetting(
            LIMITS,
            "max-live-reads",
            Unit.COUNT,
            0,
            Integer.MAX_VALUE,
            "0",
            "Live reads of all clients at a time; more are answered 503. 0 for no limit.");

    private static final NumberSetting STREAMS_MAX = new NumberSetting(
            LIMITS,
            "max-streams",
            Unit.COUNT,
            0,
            Integer.MAX_VALUE,
            "0",
            "Streams of all clients; the creation of more is answered 503. 0 for no limit.");

    static final List<Setting<?>> SETTINGS =
            List.of(CLIENT, TENANT, TENANTS, FILE, TRUSTED_PROXIES, LIVE_READS_MAX, STREAMS_MAX);

    private static Text words(String example) {
        return new Text("LIMITS", NONE + "|\\w+=[^,\\s]+(,\\w+=[^,\\s]+)*", "none, or limits such as " + example);
    }

    /**
     * Checks the values.
     *
     * @param client {@code none}, or words joined by commas
     * @param tenant {@code none}, or words joined by commas
     * @param tenants {@code none}, or segments joined by slashes
     * @param file {@code none}, or the path of a file
     * @param trustedProxies {@code none}, or ranges joined by commas
     * @param liveReadsMax at least 0
     * @param streamsMax at least 0
     * @throws IllegalArgumentException if a value is not allowed
     */
    public LimitsConfig {
        CLIENT.check(client);
        TENANT.check(tenant);
        TENANTS.check(tenants);
        FILE.check(file);
        TRUSTED_PROXIES.check(trustedProxies);
        LIVE_READS_MAX.check(liveReadsMax);
        STREAMS_MAX.check(streamsMax);
        set("limit-client", client, LimitSet.OF_CLIENTS);
        set("limit-tenant", tenant, LimitSet.OF_TENANTS);
        ranges(trustedProxies);
    }

    private static LimitSet set(String name, String words, Set<String> allowed) {
        try {
            return words.equals(NONE) ? LimitSet.NONE : LimitSet.NONE.with(List.of(words.split(",", -1)), allowed);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " has " + e.getMessage(), e);
        }
    }

    private static AddressRanges ranges(String list) {
        try {
            return list.equals(NONE) ? AddressRanges.NONE : AddressRanges.parse(list);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("trusted-proxies has " + e.getMessage(), e);
        }
    }

    /** {@return whether any client or tenant is limited, so that requests are counted} */
    public boolean limitsClients() {
        return !client.equals(NONE) || !tenant.equals(NONE) || limitsFile() != null;
    }

    /** {@return the limits of each client} */
    public LimitSet ofClient() {
        return set("limit-client", client, LimitSet.OF_CLIENTS);
    }

    /** {@return the limits of each tenant} */
    public LimitSet ofTenant() {
        return set("limit-tenant", tenant, LimitSet.OF_TENANTS);
    }

    /** {@return which tenant a stream belongs to; null if there are no tenants} */
    public @Nullable TenantPattern tenantPattern() {
        return tenants.equals(NONE) ? null : TenantPattern.parse(tenants);
    }

    /** {@return the file with the limits of individual clients and tenants; null if there is none} */
    public @Nullable Path limitsFile() {
        return OptionalFile.path(file);
    }

    /** {@return the addresses of the proxies that name their clients} */
    public AddressRanges proxies() {
        return ranges(trustedProxies);
    }

    static LimitsConfig of(SettingValues values) {
        return new LimitsConfig(
                values.get(CLIENT),
                values.get(TENANT),
                values.get(TENANTS),
                values.get(FILE),
                values.get(TRUSTED_PROXIES),
                values.toInt(LIVE_READS_MAX),
                values.toInt(STREAMS_MAX));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .client(client)
                .tenant(tenant)
                .tenants(tenants)
                .file(file)
                .trustedProxies(trustedProxies)
                .liveReadsMax(liveReadsMax)
                .streamsMax(streamsMax);
    }

    /** {@return the defaults: no limits} */
    public static LimitsConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes the limits, within {@link ServerConfig.Builder#limits}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param client the limits of each client, as words joined by commas; {@code none} for none
         */
        public Builder client(String client) {
            values.set(CLIENT, client);
            return this;
        }

        /**
         * {@return this}
         *
         * @param tenant the limits of each tenant, as words joined by commas; {@code none} for none
         */
        public Builder tenant(String tenant) {
            values.set(TENANT, tenant);
            return this;
        }

        /**
         * {@return this}
         *
         * @param tenants the segments that name a tenant, such as {@code tenants/*}; {@code none} for none
         */
        public Builder tenants(String tenants) {
            values.set(TENANTS, tenants);
            return this;
        }

        /**
         * {@return this}
         *
         * @param file the file with the limits of individual clients and tenants; {@code none} for none
         */
        public Builder file(String file) {
            values.set(FILE, file);
            return this;
        }

        /**
         * {@return this}
         *
         * @param trustedProxies the ranges of addresses of proxies, joined by commas; {@code none} for none
         */
        public Builder trustedProxies(String trustedProxies) {
            values.set(TRUSTED_PROXIES, trustedProxies);
            return this;
        }

        /**
         * {@return this}
         *
         * @param liveReadsMax live reads of all clients at a time, at least 0; 0 for no limit
         */
        public Builder liveReadsMax(int liveReadsMax) {
            values.set(LIVE_READS_MAX, liveReadsMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param streamsMax streams of all clients, at least 0; 0 for no limit
         */
        public Builder streamsMax(int streamsMax) {
            values.set(STREAMS_MAX, streamsMax);
            return this;
        }
    }
}
