package io.streamkeeper.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.protocol.Quoted;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that verify JSON Web Tokens. The type of a key fixes its algorithm, and a token is verified only by keys of
 * the algorithm that it names: so no token selects how a key is used. Immutable; verifies on any thread.
 */
final class JwtKeys {
    /** No keys. */
    static final JwtKeys NONE = new JwtKeys(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(JwtKeys.class);

    private static final String NOT_A_SET = "the content is not a valid JWK or JWK set";
    private static final Set<String> TYPES = Set.of("RSA", "EC", "OKP", "oct");
    private static final int SECRET_BYTES_MIN = 32;
    private static final int RSA_BITS_MIN = 2_048;
    private static final String PEM_BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String PEM_END = "-----END PUBLIC KEY-----";
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** Verifies the signature of a token. */
    private interface Verifier {
        boolean verify(SignedJWT token) throws JOSEException, GeneralSecurityException;
    }

    /** A key; {@code content} is what makes it this key, in any encoding. */
    private record Key(@Nullable String id, String algorithm, TokenDigest content, Verifier verifier) {
        KeyName name() {
            return new KeyName(id, algorithm, content);
        }
    }

    /** What two keys have in common if they verify the same tokens. */
    record KeyName(@Nullable String id, String algorithm, TokenDigest content) {}

    /**
     * The result of a verification.
     *
     * @param result whether the signature is valid
     * @param by the key for which it is; null if it is not
     */
    record Verification(Result result, @Nullable KeyName by) {}

    /** Whether a signature is valid. */
    enum Result {
        VALID,
        INVALID,
        /** No key has the algorithm and the id that the token names. */
        NO_KEY
    }

    private final List<Key> keys;

    private JwtKeys(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    // ---- files and sets ----

    /** Whether the content of a key file has to be kept secret: unless it certainly consists of public keys. */
    static boolean isSecret(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8).strip();
        return !text.startsWith(PEM_BEGIN)
                && (!text.startsWith("{") || text.contains("\"k\"") || text.contains("\"d\""));
    }

    /**
     * The keys of a file: public keys in PEM, a JWK, a JWK set, or else the secret of HS256.
     *
     * @throws IllegalArgumentException if there is no usable key; the message contains no part of the file
     */
    static JwtKeys ofFile(byte[] content) {
        String text = SecretFile.text(content).strip();
        if (text.startsWith("{")) {
            return ofSet(text, true);
        }
        if (text.startsWith("-----")) {
            return new JwtKeys(pem(text));
        }
        if (!isWord(text) || text.startsWith("[") || text.contains("-----BEGIN")) {
            // As a secret, a public key would allow everybody who knows it to sign.
            throw new IllegalArgumentException("the content is no public key in PEM, no JWK or JWK set, and no secret;"
                    + " expected a file that begins with " + PEM_BEGIN + " or {, or that is one word");
        }
        return new JwtKeys(List.of(secret(null, text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Whether a text has no white space, no control character and no byte order mark. */
    private static boolean isWord(String text) {
        return text.chars()
                .noneMatch(c -> Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || Character.isISOControl(c)
                        || c == BYTE_ORDER_MARK);
    }

    /**
     * The keys of a JWK or JWK set; keys for other purposes, and of other types, are ignored. A key that is not valid is
     * an error in a file, and skipped in a set from a URL.
     *
     * @param maySecret whether secrets of HS256 are accepted: a set from a URL that contains one is not used with it
     * @throws IllegalArgumentException if it is not valid, or has no usable key
     */
    static JwtKeys ofSet(String json, boolean maySecret) {
        return maySecret ? ofSetOfFile(json) : ofSetOfUrl(json);
    }

    /** Skips a key that cannot be used: the issuer, not who runs this server, decides which keys the set has. */
    private static JwtKeys ofSetOfUrl(String json) {
        List<Key> keys = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        for (Map<String, Object> member : members(json)) {
            try {
                if (TYPES.contains(String.valueOf(member.get("kty")))) {
                    addUsable(JWK.parse(member), false, keys);
                }
            } catch (ParseException | JOSEException | GeneralSecurityException | RuntimeException e) {
                // The message of the cause may contain a part of a key.
                skipped.add(String.valueOf(member.get("kid")));
            }
        }
        if (!skipped.isEmpty()) {
            LOG.warn(
                    "{} of the keys of the JWK set cannot be used and are skipped; the kid of the first is {}",
                    skipped.size(),
                    Quoted.of(skipped.get(0)));
        }
        return notEmpty(keys, false);
    }

    private static List<Map<String, Object>> members(String json) {
        try {
            Map<String, Object> set = JSONObjectUtils.parse(json);
            if (set == null) {
                // The text null.
                throw new IllegalArgumentException(NOT_A_SET);
            }
            if (!set.containsKey("keys")) {
                return List.of(set);
            }
            Map<String, Object>[] members = JSONObjectUtils.getJSONObjectArray(set, "keys");
            if (members == null || Arrays.asList(members).contains(null)) {
                throw new IllegalArgumentException(NOT_A_SET);
            }
            return List.of(members);
        } catch (ParseException e) {
            throw new IllegalArgumentException(NOT_A_SET);
        }
    }

    private static JwtKeys ofSetOfFile(String json) {
        List<Key> keys = new ArrayList<>();
        try {
            List<JWK> all = json.contains("\"keys\"") ? JWKSet.parse(json).getKeys() : List.of(JWK.parse(json));
            for (JWK key : all) {
                addUsable(key, true, keys);
            }
        } catch (ParseException | JOSEException | GeneralSecurityException e) {
            // The message of the cause may contain a part of a key.
            throw new IllegalArgumentException(NOT_A_SET);
        }
        return notEmpty(keys, true);
    }

    private static void addUsable(JWK key, boolean maySecret, List<Key> keys)
            throws JOSEException, GeneralSecurityException {
        Key usable = usable(key, maySecret);
        if (usable != null) {
            keys.add(usable);
        }
    }

    private static JwtKeys notEmpty(List<Key> keys, boolean maySecret) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("the JWK set has no usable key; expected one of RS256, ES256 or EdDSA"
                    + (maySecret ? ", or a secret of HS256" : ""));
        }
        return new JwtKeys(keys);
    }

    private static @Nullable Key usable(JWK key, boolean maySecret) throws JOSEException, GeneralSecurityException {
        if (key.getKeyUse() != null && !key.getKeyUse().equals(KeyUse.SIGNATURE)) {
            return null;
        }
        Key usable = null;
        if (key instanceof RSAKey rsa) {
            usable = rsa(key.getKeyID(), rsa.toRSAPublicKey());
        } else if (key instanceof ECKey ec && ec.getCurve().equals(Curve.P_256)) {
            usable = ec(key.getKeyID(), ec.toECPublicKey());
        } else if (key instanceof OctetKeyPair okp && okp.getCurve().equals(Curve.Ed25519)) {
            usable = ed25519(key.getKeyID(), Ed25519.publicKey(okp.getDecodedX()));
        } else if (key instanceof OctetSequenceKey secret && maySecret) {
            usable = secret(key.getKeyID(), secret.toByteArray());
        }
        boolean isOther = usable != null
                && key.getAlgorithm() != null
                && !key.getAlgorithm().getName().equals(usable.algorithm());
        return isOther ? null : usable;
    }

    private static List<Key> pem(String text) {
        List<Key> keys = new ArrayList<>();
        int begin = text.indexOf(PEM_BEGIN);
        while (begin >= 0) {
            int end = text.indexOf(PEM_END, begin);
            if (end < 0) {
                break;
            }
            keys.add(pemKey(text.substring(begin + PEM_BEGIN.length(), end)));
            begin = text.indexOf(PEM_BEGIN, end);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("the PEM file has no public key; expected " + PEM_BEGIN);
        }
        return keys;
    }

    private static Key pemKey(String base64) {
        try {
            X509EncodedKeySpec encoded =
                    new X509EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            for (String type : List.of("RSA", "EC", "Ed25519")) {
                PublicKey key = publicKey(type, encoded);
                if (key instanceof RSAPublicKey rsa) {
                    return rsa(null, rsa);
                } else if (key instanceof ECPublicKey ec) {
                    return ec(null, ec);
                } else if (key != null) {
                    return ed25519(null, key);
                }
            }
        } catch (GeneralSecurityException | JOSEException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a public key cannot be used: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("a public key is of none of the types RSA, EC and Ed25519");
    }

    private static @Nullable PublicKey publicKey(String type, X509EncodedKeySpec encoded)
            throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(type).generatePublic(encoded);
        } catch (InvalidKeySpecException e) {
            return null;
        }
    }

    // ---- algorithms ----

    private static Key rsa(@Nullable String id, RSAPublicKey key) {
        if (key.getModulus().bitLength() < RSA_BITS_MIN) {
            throw new IllegalArgumentException(
                    "an RSA key has " + key.getModulus().bitLength() + " bits; expected at least " + RSA_BITS_MIN);
        }
        return new Key(id, "RS256", content(key), by(new RSASSAVerifier(key)));
    }

    private static Key ec(@Nullable String id, ECPublicKey key) throws JOSEException {
        ECDSAVerifier verifier = new ECDSAVerifier(key);
        if (!verifier.supportedJWSAlgorithms().toString().contains("ES256")) {
            throw new IllegalArgumentException("an EC key has another curve than P-256");
        }
        return new Key(id, "ES256", content(key), by(verifier));
    }

    private static Key secret(@Nullable String id, byte[] secret) {
        if (secret.length < SECRET_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "the secret has " + secret.length + " bytes; expected at least " + SECRET_BYTES_MIN);
        }
        try {
            return new Key(id, "HS256", TokenDigest.ofContent(secret), by(new MACVerifier(secret)));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the secret cannot be used", e);
        }
    }

    private static TokenDigest content(PublicKey key) {
        return TokenDigest.ofContent(key.getEncoded());
    }

    private static Verifier by(JWSVerifier verifier) {
        return token -> token.verify(verifier);
    }

    /** The library needs another one for Ed25519; the JVM has it. */
    private static Key ed25519(@Nullable String id, PublicKey key) {
        return new Key(id, "EdDSA", content(key), token -> {
            Signature signature = Signature.getInstance(Ed25519.ALGORITHM);
            signature.initVerify(key);
            signature.update(token.getSigningInput());
            return signature.verify(token.getSignature().decode());
        });
    }

    // ---- tokens ----

    /** Verifies the signature of a token; {@code id} is that of the key which it names, or null. */
    Verification verify(SignedJWT token, String algorithm, @Nullable String id) {
        Result result = Result.NO_KEY;
        for (Key key : keys) {
            if (key.algorithm().equals(algorithm)
                    && (id == null || key.id() == null || key.id().equals(id))) {
                result = Result.INVALID;
                if (isValid(key, token)) {
                    return new Verification(Result.VALID, key.name());
                }
            }
        }
        return new Verification(result, null);
    }

    /** The names of the keys. */
    Set<KeyName> names() {
        return keys.stream().map(Key::name).collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isValid(Key key, SignedJWT token) {
        try {
            return key.verifier().verify(token);
        } catch (JOSEException | GeneralSecurityException | IllegalStateException e) {
            return false;
        }
    }
}
