package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.READS;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.server.setting.Choice;
import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Unit;
import java.util.List;

/**
 * How caches may use the responses to reads (section 10.1).
 *
 * @param maxAgeSeconds how long a response with data is fresh; a cache may use it for five times as long after that
 *     while it revalidates it
 * @param isPrivate whether only the client's own cache may keep responses
 */
public record CacheConfig(long maxAgeSeconds, boolean isPrivate) {
    private static final int STALE_FACTOR = 5;

    private static final NumberSetting MAX_AGE = new NumberSetting(
            READS, "cache-max-age", Unit.SECONDS, 0, 31_536_000, "60s", "How long caches may keep data that was read.");

    private static final Setting<Boolean> SCOPE = new Setting<>(
            READS,
            "cache-scope",
            Choice.between("a scope", "SCOPE", "public", "private"),
            "public",
            "public, or private for streams that hold what only one user may see.");

    static final List<Setting<?>> SETTINGS = List.of(MAX_AGE, SCOPE);

    /**
     * Checks the values.
     *
     * @param maxAgeSeconds 0 … 365 days
     * @param isPrivate any value
     * @throws IllegalArgumentException if a value is out of range
     */
    public CacheConfig {
        MAX_AGE.check(maxAgeSeconds);
    }

    static CacheConfig of(SettingValues values) {
        return new CacheConfig(values.get(MAX_AGE), values.get(SCOPE));
    }

    void copyTo(SettingValues values) {
        new Builder(values).maxAgeSeconds(maxAgeSeconds).isPrivate(isPrivate);
    }

    /** {@return the defaults: a minute, in any cache} */
    public static CacheConfig defaults() {
        return of(new SettingValues());
    }

    /**
     * {@return {@code Cache-Control} for a response with data, which never changes; fresh at most until the stream
     * expires}
     *
     * @param expiry the expiry of the stream
     * @param nowMillis milliseconds since 1970 UTC
     * @param isForOne whether only this client may have the response
     */
    public String data(Expiry expiry, long nowMillis, boolean isForOne) {
        long expiresInSeconds = Math.max(0, (expiry.deadlineMillis(nowMillis) - nowMillis) / 1000);
        long freshSeconds = Math.min(maxAgeSeconds, expiresInSeconds);
        long staleSeconds = Math.min(STALE_FACTOR * maxAgeSeconds, expiresInSeconds - freshSeconds);
        return scope(isForOne) + ", max-age=" + freshSeconds + ", stale-while-revalidate=" + staleSeconds;
    }

    /**
     * {@return {@code Cache-Control} for a response without data, which may change at any moment}
     *
     * @param isForOne whether only this client may have the response
     */
    public String nothing(boolean isForOne) {
        return scope(isForOne) + ", no-cache";
    }

    private String scope(boolean isForOne) {
        return isPrivate || isForOne ? "private" : "public";
    }

    /** Changes how caches may use responses, within {@link ServerConfig.Builder#cache}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param maxAgeSeconds how long a response with data is fresh, 0 … 365 days; a cache may use it for five times
         *     as long after that while it revalidates it
         */
        public Builder maxAgeSeconds(long maxAgeSeconds) {
            values.set(MAX_AGE, maxAgeSeconds);
            return this;
        }

        /**
         * {@return this}
         *
         * @param isPrivate whether only the client's own cache may keep responses
         */
        public Builder isPrivate(boolean isPrivate) {
            values.set(SCOPE, isPrivate);
            return this;
        }
    }
}
