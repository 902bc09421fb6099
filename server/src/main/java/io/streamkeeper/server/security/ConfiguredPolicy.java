package io.streamkeeper.server.security;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.SecurityConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The policy that the configuration describes: tokens of a file, JSON Web Tokens, signed URLs, client certificates, and
 * rules. Safe for use
 * by any thread; a thread of its own reads the files again every second, so that nothing blocks a loop.
 */
public final class ConfiguredPolicy implements SecurityPolicy {
    private static final long CHECK_MILLIS = 1_000;
    private static final String BEARER = "bearer ";

    private static final CompletableFuture<Authentication> ANONYMOUS = done(Authentication.of(Principal.ANONYMOUS));
    private static final CompletableFuture<Authentication> NO_BEARER =
            done(Authentication.refused("the scheme is not supported; expected Bearer and a token"));
    private static final CompletableFuture<Authentication> UNKNOWN =
            done(Authentication.refused("the token is not known"));
    private static final CompletableFuture<Authentication> NO_SIGNATURES =
            done(Authentication.refused("signed URLs are not supported; expected Authorization: Bearer and a token"));
    private static final CompletableFuture<Authentication> EXPIRED =
            done(Authentication.refused("the token has expired"));

    private final @Nullable WatchedFile<StaticTokens> tokens;
    private final @Nullable WatchedFile<PolicyRules> rules;
    private final @Nullable WatchedFile<SigningKeys> signingKeys;
    private final @Nullable JwtAuthenticator jwt;
    private final ChangeChecks checks = new ChangeChecks();
    private final LongSupplier nowMillis;
    private final ScheduledExecutorService thread;
    private volatile Runnable changed = () -> {};

    private ConfiguredPolicy(SecurityConfig config, LongSupplier nowMillis, LongSupplier nowNanos, long checkMillis)
            throws IOException {
        this.nowMillis = nowMillis;
        if (config.tokenFile() != null && config.policyFile() == null) {
            throw new IllegalArgumentException("token-file is \"" + config.tokens()
                    + "\" and policy-file is \"none\", so no token would allow anything; expected a policy-file");
        }
        this.tokens = open(config.tokenFile(), SecretFile::readRules, WatchedFile.lines(StaticTokens::parse));
        this.rules = open(config.policyFile(), SecretFile::readRules, WatchedFile.lines(PolicyRules::parse));
        this.signingKeys = open(config.signingKeyFile(), SecretFile::readSecret, WatchedFile.lines(SigningKeys::parse));
        this.jwt = config.jwt().isUsed() ? new JwtAuthenticator(config.jwt(), nowMillis, nowNanos) : null;
        if (jwt != null) {
            checks.add(jwt::check);
        }
        this.thread =
                Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("streamkeeper-security", true));
        thread.scheduleWithFixedDelay(() -> checks.run(changed), 0, checkMillis, TimeUnit.MILLISECONDS);
    }

    private <T> @Nullable WatchedFile<T> open(
            @Nullable Path file, WatchedFile.Source source, WatchedFile.Parser<T> parser) throws IOException {
        if (file == null) {
            return null;
        }
        WatchedFile<T> opened = WatchedFile.open(file, source, parser);
        checks.add(opened::check);
        return opened;
    }

    /**
     * Opens the policy of a configuration.
     *
     * @param config authenticates
     * @param nowMillis the time in milliseconds since 1970 UTC
     * @return open until it is closed
     * @throws IOException if a file cannot be read, or others may change it
     * @throws IllegalArgumentException if the content of a file is not valid; the message names the file and the line
     */
    public static ConfiguredPolicy open(SecurityConfig config, LongSupplier nowMillis) throws IOException {
        return open(config, nowMillis, System::nanoTime, CHECK_MILLIS);
    }

    /** The same, with a monotonic clock, which {@code nowNanos} returns, and another time between two checks. */
    static ConfiguredPolicy open(SecurityConfig config, LongSupplier nowMillis, LongSupplier nowNanos, long checkMillis)
            throws IOException {
        return new ConfiguredPolicy(config, nowMillis, nowNanos, checkMillis);
    }

    private static CompletableFuture<Authentication> done(Authentication authentication) {
        return CompletableFuture.completedFuture(authentication);
    }

    @Override
    public void onChange(Runnable newChanged) {
        changed = newChanged;
        if (jwt != null) {
            jwt.onChange(newChanged);
        }
    }

    @Override
    public CompletableFuture<Authentication> authenticate(Credentials credentials) {
        if (credentials.signature() != null) {
            return signingKeys == null
                    ? NO_SIGNATURES
                    : done(signingKeys.value().verify(credentials.signature(), nowMillis.getAsLong()));
        }
        String authorization = credentials.authorization();
        if (authorization == null) {
            return credentials.certificate() == null ? ANONYMOUS : done(certified(credentials.certificate()));
        }
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return NO_BEARER;
        }
        String token = authorization.substring(BEARER.length()).strip();
        TokenDigest digest = TokenDigest.of(token);
        Principal principal = tokens == null ? null : tokens.value().find(digest);
        if (principal != null) {
            return principal.hasExpired(nowMillis.getAsLong()) ? EXPIRED : done(Authentication.of(principal));
        }
        // A token of a file has no dots, and a JSON Web Token has two.
        return jwt != null && token.indexOf('.') >= 0 ? jwt.authenticate(token, digest) : UNKNOWN;
    }

    /** Who has a certificate, until it expires. */
    private Authentication certified(X509Certificate certificate) {
        try {
            String name = CertificateName.of(certificate);
            if (rules != null && rules.value().refuse(CertificateName.digest(certificate))) {
                return Authentication.refused("the certificate is revoked");
            }
            Principal principal =
                    new Principal(name, certificate.getNotAfter().toInstant().toEpochMilli(), List.of(), true);
            return principal.hasExpired(nowMillis.getAsLong())
                    ? Authentication.refused("the certificate has expired")
                    : Authentication.of(principal);
        } catch (IllegalArgumentException e) {
            return Authentication.refused(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean allows(Principal principal, Action action, StreamPath path) {
        if (rules != null && rules.value().refuse(principal.name())) {
            return false;
        }
        return PolicyRules.any(principal.grants(), principal, action, path.value())
                || (rules != null && rules.value().allow(principal, action, path.value()));
    }

    @Override
    public boolean allowsAnywhere(Principal principal, Action action) {
        if (rules != null && rules.value().refuse(principal.name())) {
            return false;
        }
        return PolicyRules.any(principal.grants(), action)
                || (rules != null && rules.value().allowAnywhere(principal, action));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        if (jwt != null) {
            jwt.close();
        }
    }
}
