package io.streamkeeper.server.security;

import io.streamkeeper.protocol.Base64Url;
import io.streamkeeper.protocol.Digits;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that sign and verify URLs. The first key of a file signs; all verify, so that a new key can be added before
 * the old one is removed, which revokes its URLs. Immutable.
 *
 * <pre>
 *   file:       # id   secret, at least 32 characters
 *               2027a  mB5q…
 *
 *   signature:  v1 . id . actions . expiry in seconds since 1970 . kind and path in base64url . HMAC-SHA256 in base64url
 *               v1.2027a.read.1798761600.PWNoYXQvNDI.q3k…
 * </pre>
 *
 * The kind is {@code =} for one path, and {@code /} for the path and all paths below it. The HMAC covers all text before
 * its dot, so a signature contains everything that it allows, and its place in a URL does not matter.
 */
final class SigningKeys {
    private static final String VERSION = "v1";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_LENGTH_MIN = 32;

    /** Begins the names of signed URLs, before the id of their key. Names of tokens do not begin so. */
    static final String NAME_PREFIX = "signed:";

    private static final int LENGTH_MAX = 4 << 10;
    private static final int PARTS = 6;
    private static final Set<Action> SIGNABLE = EnumSet.of(Action.READ, Action.APPEND);

    private static final Authentication INVALID = Authentication.refused("the signature of the URL is not valid");

    private final Map<String, SecretKeySpec> keys;

    private SigningKeys(Map<String, SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * Parses a file.
     *
     * @throws IllegalArgumentException if a line is not valid; the message begins with its number and contains no secret
     */
    static SigningKeys parse(List<String> lines) {
        Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
        for (RuleLine line : RuleLine.of(lines)) {
            List<String> words = line.words();
            if (words.size() != 2 || !words.get(0).matches("[A-Za-z0-9_-]{1,32}")) {
                throw line.invalid("no id and secret; expected an id of letters, digits, - and _, and a secret");
            }
            byte[] secret = words.get(1).getBytes(StandardCharsets.UTF_8);
            if (secret.length < SECRET_LENGTH_MIN) {
                throw line.invalid(
                        "a secret of " + secret.length + " characters; expected at least " + SECRET_LENGTH_MIN);
            }
            if (words.get(1).startsWith(StaticTokens.DIGEST_PREFIX)) {
                throw line.invalid("the digest of a token in place of a secret; expected a file of keys, which is not"
                        + " that of the tokens");
            }
            if (keys.put(words.get(0), new SecretKeySpec(secret, ALGORITHM)) != null) {
                throw line.invalid("the id '" + words.get(0) + "' again; expected each id once");
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no key; expected a line with an id and a secret");
        }
        return new SigningKeys(keys);
    }

    /** Signs with the first key. The path is checked. */
    String sign(Set<Action> actions, String path, boolean isPrefix, long expiresSeconds) {
        if (actions.isEmpty() || !SIGNABLE.containsAll(actions)) {
            throw new IllegalArgumentException("the actions are " + actions + "; expected read, append, or both");
        }
        Map.Entry<String, SecretKeySpec> key = keys.entrySet().iterator().next();
        String names = actions.stream().sorted().map(Action::text).collect(Collectors.joining(","));
        String signed = String.join(
                ".",
                VERSION,
                key.getKey(),
                names,
                Long.toString(expiresSeconds),
                Base64Url.encode(((isPrefix ? '/' : '=') + path).getBytes(StandardCharsets.UTF_8)));
        return signed + "." + Base64Url.encode(mac(key.getValue(), signed));
    }

    /** Verifies a signature; takes some microseconds. */
    Authentication verify(String signature, long nowMillis) {
        String[] parts = signature.length() > LENGTH_MAX ? new String[0] : signature.split("\\.", -1);
        if (parts.length != PARTS || !parts[0].equals(VERSION)) {
            return INVALID;
        }
        SecretKeySpec key = keys.get(parts[1]);
        byte[] given = Base64Url.decode(parts[5]);
        String signed = signature.substring(0, signature.lastIndexOf('.'));
        if (key == null || given == null || !MessageDigest.isEqual(mac(key, signed), given)) {
            return INVALID;
        }
        // Another program that has the key may sign texts that sign() does not make.
        Set<Action> actions;
        long expiresMillis;
        try {
            actions = Action.parse(parts[2]);
            expiresMillis = Math.multiplyExact(Digits.toLong(parts[3]), 1_000L);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return INVALID;
        }
        byte[] path = Base64Url.decode(parts[4]);
        if (!SIGNABLE.containsAll(actions) || path == null || path.length < 2 || (path[0] != '/' && path[0] != '=')) {
            return INVALID;
        }
        if (nowMillis >= expiresMillis) {
            return Authentication.refused("the signature of the URL has expired");
        }
        String text = new String(path, StandardCharsets.UTF_8);
        PathPattern[] patterns = PathPattern.prefix(text.substring(1));
        List<Grant> grants = path[0] == '/'
                ? List.of(new Grant(actions, patterns[0]), new Grant(actions, patterns[1]))
                : List.of(new Grant(actions, patterns[0]));
        return Authentication.of(new Principal(NAME_PREFIX + parts[1], expiresMillis, grants, false));
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HMAC-SHA256", e);
        }
    }
}
