package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.SECURITY;

import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Switch;
import io.streamkeeper.server.setting.Text;
import java.util.List;

/**
 * Who may use the server.
 *
 * @param corsOrigins the other origins whose scripts may use the server: {@code reads}, {@code *}, {@code none}, or
 *     origins joined by commas
 * @param allowedHosts further names of the server, joined by commas; {@code none} for none
 * @param allowAnonymous whether the server may listen on an address that other machines reach although everybody may do
 *     everything
 */
public record SecurityConfig(String corsOrigins, String allowedHosts, boolean allowAnonymous) {
    private static final String NONE = "none";

    private static final String ORIGIN = "[a-z][a-z0-9+.-]*://[\\x21-\\x2b\\x2d-\\x7e]+";

    private static final String HOST = "[A-Za-z0-9_-][A-Za-z0-9._-]*";

    private static final Setting<String> CORS_ORIGIN = new Setting<>(
            SECURITY,
            "cors-origin",
            new Text(
                    "ORIGINS",
                    "reads|\\*|none|" + ORIGIN + "(," + ORIGIN + ")*",
                    "reads, *, none, or origins such as https://example.com,https://example.org"),
            "reads",
            "Other origins whose pages may use the server: reads, all may read and none may write; * for all; none; or"
                    + " origins, joined by commas.");

    private static final Setting<String> ALLOWED_HOSTS = new Setting<>(
            SECURITY,
            "allowed-hosts",
            new Text(
                    "NAMES",
                    NONE + "|" + HOST + "(," + HOST + ")*",
                    "none, or names such as streams.example.com,streams.internal"),
            NONE,
            "Names of this server in URLs, joined by commas, besides --host, names without a dot, and addresses. On"
                    + " the loopback interface, requests for other names are answered 403.");

    private static final Setting<Boolean> ALLOW_ANONYMOUS = new Setting<>(
            SECURITY,
            "allow-anonymous",
            new Switch(),
            "false",
            "Listen on an address that other machines reach although everybody may read, write and delete.");

    static final List<Setting<?>> SETTINGS = List.of(ALLOW_ANONYMOUS, CORS_ORIGIN, ALLOWED_HOSTS);

    /**
     * Checks the values.
     *
     * @param corsOrigins {@code reads}, {@code *}, {@code none}, or origins joined by commas
     * @param allowedHosts {@code none}, or names without ports, joined by commas
     * @param allowAnonymous any value
     * @throws IllegalArgumentException if a value is not allowed
     */
    public SecurityConfig {
        CORS_ORIGIN.check(corsOrigins);
        ALLOWED_HOSTS.check(allowedHosts);
    }

    /** {@return the names in {@link #allowedHosts}} */
    public List<String> hostNames() {
        return allowedHosts.equals(NONE) ? List.of() : List.of(allowedHosts.split(",", -1));
    }

    static SecurityConfig of(SettingValues values) {
        return new SecurityConfig(values.get(CORS_ORIGIN), values.get(ALLOWED_HOSTS), values.get(ALLOW_ANONYMOUS));
    }

    void copyTo(SettingValues values) {
        new Builder(values).corsOrigins(corsOrigins).allowedHosts(allowedHosts).allowAnonymous(allowAnonymous);
    }

    /** {@return the defaults: everybody who can reach the server may use it; other sites' pages may only read} */
    public static SecurityConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes who may use the server, within {@link ServerConfig.Builder#security}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param corsOrigins the other origins whose scripts may use the server: {@code reads}, {@code *}, {@code
         *     none}, or origins such as {@code https://example.com}, joined by commas
         */
        public Builder corsOrigins(String corsOrigins) {
            values.set(CORS_ORIGIN, corsOrigins);
            return this;
        }

        /**
         * {@return this}
         *
         * @param allowedHosts further names of the server, joined by commas; {@code none} for none
         */
        public Builder allowedHosts(String allowedHosts) {
            values.set(ALLOWED_HOSTS, allowedHosts);
            return this;
        }

        /**
         * {@return this}
         *
         * @param allowAnonymous whether the server may listen on an address that other machines reach although
         *     everybody may do everything
         */
        public Builder allowAnonymous(boolean allowAnonymous) {
            values.set(ALLOW_ANONYMOUS, allowAnonymous);
            return this;
        }
    }
}
