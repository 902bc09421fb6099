package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.protocol.Base64Url;
import io.streamkeeper.protocol.Ed25519;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What verifies that this server has made a signature of a webhook or a token of a wake. It cannot make signatures of
 * webhooks. Immutable.
 */
final class VerifyingKey {
    /** The algorithm of tokens. */
    static final String TOKEN_ALGORITHM = "HmacSHA256";

    private static final byte[] TOKEN_PURPOSE = "tokens of wakes".getBytes(StandardCharsets.US_ASCII);

    private final String id;
    private final String publicText;
    private final byte[] tokenSecret;

    private VerifyingKey(byte[] publicBytes, byte[] tokenSecret) {
        this.publicText = Base64Url.encode(publicBytes);
        this.id = "ds_" + thumbprint(publicText);
        this.tokenSecret = tokenSecret;
    }

    /** The key with a public key of Ed25519 and the secret of tokens, each in 32 bytes. */
    static VerifyingKey of(byte[] publicBytes, byte[] tokenSecret) {
        if (publicBytes.length != Ed25519.KEY_BYTES || tokenSecret.length != Ed25519.KEY_BYTES) {
            throw new IllegalArgumentException("a key has another length than " + Ed25519.KEY_BYTES + " bytes");
        }
        return new VerifyingKey(publicBytes, tokenSecret.clone());
    }

    /** The key with a secret of tokens that follows from the seed of the private key. */
    static VerifyingKey ofSeed(byte[] publicBytes, byte[] seed) {
        return of(publicBytes, mac(new SecretKeySpec(seed, TOKEN_ALGORITHM), TOKEN_PURPOSE));
    }

    /** The JWK thumbprint (RFC 7638, RFC 8037). */
    private static String thumbprint(String publicText) {
        String members = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + publicText + "\"}";
        try {
            return Base64Url.encode(
                    MessageDigest.getInstance("SHA-256").digest(members.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** The same for each key, and different for each two. */
    String id() {
        return id;
    }

    /** The public key in base64url. */
    String publicText() {
        return publicText;
    }

    /** The secret of tokens in base64url. */
    String tokenSecretText() {
        return Base64Url.encode(tokenSecret);
    }

    /** The HMAC-SHA256 of a token. */
    byte[] macOfToken(String signed) {
        return mac(new SecretKeySpec(tokenSecret, TOKEN_ALGORITHM), signed.getBytes(StandardCharsets.US_ASCII));
    }

    /** Its JWK (RFC 8037). */
    String jwk() {
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" + id + "\",\"use\":\"sig\",\"alg\":\"EdDSA\",\"x\":\""
                + publicText + "\"}";
    }

    private static byte[] mac(SecretKeySpec key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(TOKEN_ALGORITHM);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HMAC-SHA256", e);
        }
    }
}
