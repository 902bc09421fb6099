package io.streamkeeper.server.config;

import static io.streamkeeper.server.config.OptionalFile.NONE;
import static io.streamkeeper.server.setting.SettingGroup.SECURITY;

import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Switch;
import io.streamkeeper.server.setting.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the server.
 *
 * @param corsOrigins the other origins whose scripts may use the server: {@code reads}, {@code *}, {@code none}, or
 *     origins joined by commas
 * @param allowedHosts further names of the server, joined by commas; {@code none} for none
 * @param allowAnonymous whether the server may listen on an address that other machines reach although everybody may do
 *     everything
 * @param tokens the file with the tokens of clients; {@code none} for none
 * @param policy the file with the rules who may do what; {@code none} for none
 * @param signingKeys the file with the keys of signed URLs; {@code none} for none
 * @param audit the file of the audit log; {@code none} for none
 * @param jwt which JSON Web Tokens are accepted
 */
public record SecurityConfig(
        String corsOrigins,
        String allowedHosts,
        boolean allowAnonymous,
        String tokens,
        String policy,
        String signingKeys,
        String audit,
        JwtConfig jwt) {
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

    private static final Setting<String> TOKENS = new Setting<>(
            SECURITY,
            "token-file",
            OptionalFile.TYPE,
            NONE,
            "File with the digests of the clients' tokens, which the command token makes; read again when it changes.");

    private static final Setting<String> POLICY = new Setting<>(
            SECURITY,
            "policy-file",
            OptionalFile.TYPE,
            NONE,
            "File with rules who may do what; the rest is denied. Read again when it changes.");

    private static final Setting<String> SIGNING_KEYS = new Setting<>(
            SECURITY,
            "signing-keys",
            OptionalFile.TYPE,
            NONE,
            "File with the keys of signed URLs, for its owner only; the command sign signs with the first. Read again when"
                    + " it changes.");

    private static final Setting<String> AUDIT = new Setting<>(
            SECURITY,
            "audit-log",
            OptionalFile.TYPE,
            NONE,
            "File to which who did what is appended as JSON, one line a request.");

    static final List<Setting<?>> SETTINGS = Stream.concat(
                    Stream.of(ALLOW_ANONYMOUS, TOKENS, POLICY, SIGNING_KEYS, AUDIT, CORS_ORIGIN, ALLOWED_HOSTS),
                    JwtConfig.SETTINGS.stream())
            .toList();

    /**
     * Checks the values.
     *
     * @param corsOrigins {@code reads}, {@code *}, {@code none}, or origins joined by commas
     * @param allowedHosts {@code none}, or names without ports, joined by commas
     * @param allowAnonymous any value
     * @param tokens {@code none}, or the path of a file
     * @param policy {@code none}, or the path of a file
     * @param signingKeys {@code none}, or the path of a file
     * @param audit {@code none}, or the path of a file
     * @param jwt any
     * @throws IllegalArgumentException if a value is not allowed
     */
    public SecurityConfig {
        CORS_ORIGIN.check(corsOrigins);
        ALLOWED_HOSTS.check(allowedHosts);
        TOKENS.check(tokens);
        POLICY.check(policy);
        SIGNING_KEYS.check(signingKeys);
        AUDIT.check(audit);
    }

    /** {@return whether clients have to authenticate themselves} */
    public boolean authenticates() {
        return tokenFile() != null || policyFile() != null || signingKeyFile() != null || jwt.isUsed();
    }

    /** {@return the file with the tokens of clients; null if there is none} */
    public @Nullable Path tokenFile() {
        return OptionalFile.path(tokens);
    }

    /** {@return the file with the rules who may do what; null if there is none} */
    public @Nullable Path policyFile() {
        return OptionalFile.path(policy);
    }

    /** {@return the file with the keys of signed URLs; null if there is none} */
    public @Nullable Path signingKeyFile() {
        return OptionalFile.path(signingKeys);
    }

    /** {@return the file of the audit log; null if there is none} */
    public @Nullable Path auditFile() {
        return OptionalFile.path(audit);
    }

    /** {@return the names in {@link #allowedHosts}} */
    public List<String> hostNames() {
        return allowedHosts.equals(NONE) ? List.of() : List.of(allowedHosts.split(",", -1));
    }

    static SecurityConfig of(SettingValues values) {
        return new SecurityConfig(
                values.get(CORS_ORIGIN),
                values.get(ALLOWED_HOSTS),
                values.get(ALLOW_ANONYMOUS),
                values.get(TOKENS),
                values.get(POLICY),
                values.get(SIGNING_KEYS),
                values.get(AUDIT),
                JwtConfig.of(values));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .corsOrigins(corsOrigins)
                .allowedHosts(allowedHosts)
                .allowAnonymous(allowAnonymous)
                .tokens(tokens)
                .policy(policy)
                .signingKeys(signingKeys)
                .audit(audit);
        jwt.copyTo(values);
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

        /**
         * {@return this}
         *
         * @param tokens the file with the tokens of clients; {@code none} for none
         */
        public Builder tokens(String tokens) {
            values.set(TOKENS, tokens);
            return this;
        }

        /**
         * {@return this}
         *
         * @param policy the file with the rules who may do what; {@code none} for none
         */
        public Builder policy(String policy) {
            values.set(POLICY, policy);
            return this;
        }

        /**
         * {@return this}
         *
         * @param signingKeys the file with the keys of signed URLs; {@code none} for none
         */
        public Builder signingKeys(String signingKeys) {
            values.set(SIGNING_KEYS, signingKeys);
            return this;
        }

        /**
         * {@return this}
         *
         * @param audit the file of the audit log; {@code none} for none
         */
        public Builder audit(String audit) {
            values.set(AUDIT, audit);
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes which JSON Web Tokens are accepted
         */
        public Builder jwt(Consumer<JwtConfig.Builder> change) {
            change.accept(new JwtConfig.Builder(values));
            return this;
        }
    }
}
