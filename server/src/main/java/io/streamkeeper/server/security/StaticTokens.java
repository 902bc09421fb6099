package io.streamkeeper.server.security;

import io.streamkeeper.protocol.Base64Url;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a file, by their digests. A token has 256 random bits, so its SHA-256 without a salt does not reveal it.
 * Immutable.
 *
 * <pre>
 *   # name  digest                        possibly an expiry
 *   alice   sha256:9f86d081884c7d65…      expires=2027-01-31T00:00:00Z
 * </pre>
 */
final class StaticTokens {
    /** No tokens. */
    static final StaticTokens NONE = new StaticTokens(Map.of());

    private static final String TOKEN_PREFIX = "sk_";
    private static final int TOKEN_BYTES = 32;
    static final String DIGEST_PREFIX = "sha256:";
    private static final String EXPIRES_PREFIX = "expires=";
    private static final int DIGEST_DIGITS = 64;

    private final Map<TokenDigest, Principal> principals;

    private StaticTokens(Map<TokenDigest, Principal> principals) {
        this.principals = principals;
    }

    /**
     * Parses a file.
     *
     * @throws IllegalArgumentException if a line is not valid; the message begins with its number and contains no word
     *     that may be a secret
     */
    static StaticTokens parse(List<String> lines) {
        Map<TokenDigest, Principal> principals = new HashMap<>();
        for (RuleLine line : RuleLine.of(lines)) {
            List<String> words = line.words();
            if (words.size() < 2 || words.size() > 3) {
                throw line.invalid(words.size() + " words; expected a name, sha256: with 64 hex digits, and perhaps"
                        + " expires= with a time");
            }
            String name = words.get(0);
            if (!PolicyRules.isName(name)) {
                throw line.invalid("the name '" + name + "'; expected one other than * and anonymous, that does not"
                        + " begin with cert: or signed:");
            }
            long expires = words.size() == 3 ? expires(line, words.get(2)) : Long.MAX_VALUE;
            Principal before =
                    principals.put(digest(line, words.get(1)), new Principal(name, expires, List.of(), true));
            if (before != null) {
                throw line.invalid("the token of " + before.name() + " again; expected each token once");
            }
        }
        return new StaticTokens(principals);
    }

    private static TokenDigest digest(RuleLine line, String word) {
        String digits = word.startsWith(DIGEST_PREFIX) ? word.substring(DIGEST_PREFIX.length()) : "";
        if (digits.length() != DIGEST_DIGITS || !digits.chars().allMatch(HexFormat::isHexDigit)) {
            // The word may be a token that somebody has forgotten to hash.
            throw line.invalid("a second word that is no digest; expected sha256: and 64 hex digits");
        }
        return TokenDigest.ofBytes(HexFormat.of().parseHex(digits));
    }

    private static long expires(RuleLine line, String word) {
        try {
            if (word.startsWith(EXPIRES_PREFIX)) {
                return Instant.parse(word.substring(EXPIRES_PREFIX.length())).toEpochMilli();
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            throw line.invalid("a time that cannot be read; expected one such as expires=2027-01-31T00:00:00Z");
        }
        // The word may be a token that was written beside its digest.
        throw line.invalid("a third word that is no expiry; expected expires= and a time");
    }

    /** The owner of a token; null if the file does not contain it. */
    @Nullable
    Principal find(TokenDigest digest) {
        return principals.get(digest);
    }

    /** A new random token. */
    static String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return TOKEN_PREFIX + Base64Url.encode(bytes);
    }

    /** The line of the file for a token. */
    static String line(String name, String token, @Nullable Instant expires) {
        return name + " " + DIGEST_PREFIX + TokenDigest.of(token).hex()
                + (expires == null ? "" : " " + EXPIRES_PREFIX + expires);
    }
}
