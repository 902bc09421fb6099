package io.streamkeeper.server.config;

import static io.streamkeeper.server.config.OptionalFile.NONE;
import static io.streamkeeper.server.setting.SettingGroup.SECURITY;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which JSON Web Tokens (RFC 7519) the server accepts.
 *
 * @param key the file with the keys; {@code none} for none
 * @param jwks the URL of a JWK set with the keys; {@code none} for none
 * @param issuer the {@code iss} of accepted tokens; {@code none} for any
 * @param audience a member of the {@code aud} of accepted tokens; {@code none} for any
 * @param prefixClaim the claim with the prefixes of paths to which {@code scope} applies; {@code none} if claims allow
 *     nothing
 * @param leewaySeconds the difference between clocks that {@code exp} and {@code nbf} tolerate
 * @param jwksRefreshSeconds how often the JWK set is fetched
 * @param jwksStaleSeconds how long it is used while it cannot be fetched
 */
public record JwtConfig(
        String key,
        String jwks,
        String issuer,
        String audience,
        String prefixClaim,
        long leewaySeconds,
        long jwksRefreshSeconds,
        long jwksStaleSeconds) {

    private static final Setting<String> KEY = new Setting<>(
            SECURITY,
            "jwt-key",
            OptionalFile.TYPE,
            NONE,
            "File with the key of JSON Web Tokens: a public key in PEM, a JWK or JWK set, or the secret of HS256. Read"
                    + " again when it changes.");

    private static final Setting<String> JWKS = new Setting<>(
            SECURITY,
            "jwt-jwks",
            new Text(
                    "URL",
                    NONE + "|https?://[\\x21-\\x7e]+",
                    "none, or a URL such as https://id.example.com/jwks.json"),
            NONE,
            "URL of a JWK set with the keys of JSON Web Tokens; http only for the loopback interface.");

    private static final Setting<String> ISSUER = new Setting<>(
            SECURITY,
            "jwt-issuer",
            new Text("TEXT", ".*\\S.*", "none, or an issuer"),
            NONE,
            "The iss of accepted tokens.");

    private static final Setting<String> AUDIENCE = new Setting<>(
            SECURITY,
            "jwt-audience",
            new Text("TEXT", ".*\\S.*", "none, or an audience"),
            NONE,
            "What the aud of accepted tokens contains; required with --jwt-jwks.");

    private static final Setting<String> PREFIX_CLAIM = new Setting<>(
            SECURITY,
            "jwt-prefix-claim",
            new Text("NAME", "\\S+", "none, or the name of a claim"),
            NONE,
            "Claim with prefixes of paths, on which a token allows the actions in its scope.");

    private static final NumberSetting LEEWAY = new NumberSetting(
            SECURITY,
            "jwt-leeway",
            Unit.SECONDS,
            0,
            3_600,
            "30s",
            "Difference between clocks that exp and nbf tolerate.");

    private static final NumberSetting JWKS_REFRESH = new NumberSetting(
            SECURITY, "jwks-refresh", Unit.SECONDS, 10, 86_400, "5m", "How often the JWK set is fetched.");

    private static final NumberSetting JWKS_STALE = new NumberSetting(
            SECURITY,
            "jwks-stale",
            Unit.SECONDS,
            0,
            604_800,
            "1h",
            "How long the JWK set is used while it cannot be fetched; then tokens are answered 503.");

    static final List<Setting<?>> SETTINGS =
            List.of(KEY, JWKS, ISSUER, AUDIENCE, PREFIX_CLAIM, LEEWAY, JWKS_REFRESH, JWKS_STALE);

    /**
     * Checks the values.
     *
     * @param key {@code none}, or the path of a file
     * @param jwks {@code none}, or a URL
     * @param issuer {@code none}, or any text
     * @param audience {@code none}, or any text
     * @param prefixClaim {@code none}, or the name of a claim
     * @param leewaySeconds 0 … an hour
     * @param jwksRefreshSeconds 10 … a day
     * @param jwksStaleSeconds 0 … a week
     * @throws IllegalArgumentException if a value is not allowed
     */
    public JwtConfig {
        KEY.check(key);
        JWKS.check(jwks);
        ISSUER.check(issuer);
        AUDIENCE.check(audience);
        PREFIX_CLAIM.check(prefixClaim);
        LEEWAY.check(leewaySeconds);
        JWKS_REFRESH.check(jwksRefreshSeconds);
        JWKS_STALE.check(jwksStaleSeconds);
    }

    /** {@return whether the server accepts any JSON Web Token} */
    public boolean isUsed() {
        return keyFile() != null || jwksUrl() != null;
    }

    /** {@return the file with the keys; null if there is none} */
    public @Nullable Path keyFile() {
        return OptionalFile.path(key);
    }

    /** {@return the URL of the JWK set; null if there is none} */
    public @Nullable String jwksUrl() {
        return given(jwks);
    }

    /** {@return the required issuer; null for any} */
    public @Nullable String requiredIssuer() {
        return given(issuer);
    }

    /** {@return the required audience; null for any} */
    public @Nullable String requiredAudience() {
        return given(audience);
    }

    /** {@return the claim with prefixes of paths; null if claims allow nothing} */
    public @Nullable String prefixClaimName() {
        return given(prefixClaim);
    }

    private static @Nullable String given(String value) {
        return value.equals(NONE) ? null : value;
    }

    static JwtConfig of(SettingValues values) {
        return new JwtConfig(
                values.get(KEY),
                values.get(JWKS),
                values.get(ISSUER),
                values.get(AUDIENCE),
                values.get(PREFIX_CLAIM),
                values.get(LEEWAY),
                values.get(JWKS_REFRESH),
                values.get(JWKS_STALE));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .key(key)
                .jwks(jwks)
                .issuer(issuer)
                .audience(audience)
                .prefixClaim(prefixClaim)
                .leewaySeconds(leewaySeconds)
                .jwksRefreshSeconds(jwksRefreshSeconds)
                .jwksStaleSeconds(jwksStaleSeconds);
    }

    /** Changes which tokens are accepted, within {@link SecurityConfig.Builder#jwt}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param key the file with the keys; {@code none} for none
         */
        public Builder key(String key) {
            values.set(KEY, key);
            return this;
        }

        /**
         * {@return this}
         *
         * @param jwks the URL of a JWK set with the keys; {@code none} for none
         */
        public Builder jwks(String jwks) {
            values.set(JWKS, jwks);
            return this;
        }

        /**
         * {@return this}
         *
         * @param issuer the {@code iss} of accepted tokens; {@code none} for any
         */
        public Builder issuer(String issuer) {
            values.set(ISSUER, issuer);
            return this;
        }

        /**
         * {@return this}
         *
         * @param audience a member of the {@code aud} of accepted tokens; {@code none} for any
         */
        public Builder audience(String audience) {
            values.set(AUDIENCE, audience);
            return this;
        }

        /**
         * {@return this}
         *
         * @param prefixClaim the claim with the prefixes of paths to which {@code scope} applies; {@code none} if claims
         *     allow nothing
         */
        public Builder prefixClaim(String prefixClaim) {
            values.set(PREFIX_CLAIM, prefixClaim);
            return this;
        }

        /**
         * {@return this}
         *
         * @param leewaySeconds the difference between clocks that {@code exp} and {@code nbf} tolerate, 0 … an hour
         */
        public Builder leewaySeconds(long leewaySeconds) {
            values.set(LEEWAY, leewaySeconds);
            return this;
        }

        /**
         * {@return this}
         *
         * @param jwksRefreshSeconds how often the JWK set is fetched, 10 seconds … a day
         */
        public Builder jwksRefreshSeconds(long jwksRefreshSeconds) {
            values.set(JWKS_REFRESH, jwksRefreshSeconds);
            return this;
        }

        /**
         * {@return this}
         *
         * @param jwksStaleSeconds how long the JWK set is used while it cannot be fetched, 0 … a week
         */
        public Builder jwksStaleSeconds(long jwksStaleSeconds) {
            values.set(JWKS_STALE, jwksStaleSeconds);
            return this;
        }
    }
}
