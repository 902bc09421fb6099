package io.streamkeeper.server.security;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.JwtConfig;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which JSON Web Tokens are accepted, and what their claims allow. Immutable; takes the time of a signature. */
final class JwtRules {
    private static final int LENGTH_MAX = 8 << 10;
    private static final String ALL_PATHS = "*";
    private static final String SCOPE_PREFIX = "streams:";

    private static final Set<String> TYPES = Set.of("JWT", "AT+JWT");

    /**
     * The result of a verification.
     *
     * @param authentication what the token proves
     * @param lacksKey whether the token names a key that is not known; another set of keys may contain it
     * @param by the key with which it is signed; null if it is refused
     */
    record Verdict(Authentication authentication, boolean lacksKey, JwtKeys.@Nullable KeyName by) {
        static Verdict refused(String problem) {
            return new Verdict(Authentication.refused("the token " + problem), false, null);
        }
    }

    private final JwtConfig config;
    private final long leewayMillis;

    JwtRules(JwtConfig config) {
        this.config = config;
        this.leewayMillis = TimeUnit.SECONDS.toMillis(config.leewaySeconds());
    }

    Verdict verify(String text, JwtKeys keys, long nowMillis) {
        if (text.length() > LENGTH_MAX) {
            return Verdict.refused("has " + text.length() + " characters; expected at most " + LENGTH_MAX);
        }
        try {
            SignedJWT token = SignedJWT.parse(text);
            JWSHeader header = token.getHeader();
            if (header.getCriticalParams() != null) {
                return Verdict.refused("has the header crit, which is not supported");
            }
            JOSEObjectType type = header.getType();
            if (type != null && !TYPES.contains(type.getType().toUpperCase(java.util.Locale.ROOT))) {
                return Verdict.refused("is not an access token: expected the typ JWT or at+jwt");
            }
            JwtKeys.Verification verified =
                    keys.verify(token, header.getAlgorithm().getName(), header.getKeyID());
            return switch (verified.result()) {
                case VALID -> claims(token.getJWTClaimsSet(), nowMillis, verified.by());
                case INVALID -> Verdict.refused("has no valid signature");
                case NO_KEY ->
                    new Verdict(Authentication.refused("the token is signed with a key that is not known"), true, null);
            };
        } catch (ParseException | IllegalArgumentException e) {
            return Verdict.refused("is not a signed JSON Web Token");
        }
    }

    private Verdict claims(JWTClaimsSet claims, long nowMillis, JwtKeys.@Nullable KeyName by) {
        Date expires = claims.getExpirationTime();
        Date begins = claims.getNotBeforeTime();
        String subject = claims.getSubject();
        if (expires == null) {
            return Verdict.refused("has no exp");
        }
        long end = expires.toInstant().toEpochMilli() + leewayMillis;
        if (nowMillis >= end) {
            return Verdict.refused("has expired");
        }
        if (begins != null && nowMillis < begins.toInstant().toEpochMilli() - leewayMillis) {
            return Verdict.refused("is not valid yet");
        }
        if (config.requiredIssuer() != null && !config.requiredIssuer().equals(claims.getIssuer())) {
            return Verdict.refused("has another issuer");
        }
        if (config.requiredAudience() != null && !claims.getAudience().contains(config.requiredAudience())) {
            return Verdict.refused("is for another audience");
        }
        if (subject == null || !PolicyRules.isName(subject)) {
            return Verdict.refused("has no usable sub");
        }
        return new Verdict(Authentication.of(new Principal(subject, end, grants(claims), true)), false, by);
    }

    /** What the claims allow: the actions of {@code scope} at and below the paths of the prefix claim. */
    private List<Grant> grants(JWTClaimsSet claims) {
        String name = config.prefixClaimName();
        List<Grant> grants = new ArrayList<>();
        if (name == null) {
            return grants;
        }
        Set<Action> actions = actions(scopes(claims.getClaim("scope")));
        if (actions.isEmpty()) {
            return grants;
        }
        for (String prefix : texts(claims.getClaim(name))) {
            for (PathPattern pattern : patterns(prefix)) {
                grants.add(new Grant(actions, pattern));
            }
        }
        return grants;
    }

    /** The patterns of a prefix; none if it is not a path. */
    private static PathPattern[] patterns(String prefix) {
        if (prefix.equals(ALL_PATHS)) {
            return new PathPattern[] {PathPattern.parse("**")};
        }
        try {
            String path = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
            return PathPattern.prefix(StreamPath.of(path).value());
        } catch (RefusedException e) {
            return new PathPattern[0];
        }
    }

    private static Set<Action> actions(List<String> scopes) {
        Set<Action> actions = EnumSet.noneOf(Action.class);
        for (String scope : scopes) {
            String name = scope.startsWith(SCOPE_PREFIX) ? scope.substring(SCOPE_PREFIX.length()) : scope;
            for (Action action : Action.values()) {
                if (action.text().equals(name)) {
                    actions.add(action);
                }
            }
        }
        return actions;
    }

    /** The words of a text (RFC 8693 section 4.2), or the texts of a list. */
    private static List<String> scopes(@Nullable Object claim) {
        return claim instanceof String text ? List.of(text.split(" ", -1)) : texts(claim);
    }

    /** A text as a whole, whatever it contains, or the texts of a list. */
    private static List<String> texts(@Nullable Object claim) {
        List<String> texts = new ArrayList<>();
        if (claim instanceof String text) {
            texts.add(text);
        } else if (claim instanceof List<?> list) {
            list.forEach(member -> texts.add(member instanceof String text ? text : ""));
        }
        texts.removeIf(String::isEmpty);
        return texts;
    }
}
