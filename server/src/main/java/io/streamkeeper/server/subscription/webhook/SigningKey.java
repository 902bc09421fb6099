package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.protocol.WebhookSignature;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** The key that signs webhooks. Immutable. */
final class SigningKey {
    private static final byte[] SAMPLE = new byte[0];

    private final VerifyingKey verifying;
    private final PrivateKey privateKey;

    private SigningKey(VerifyingKey verifying, PrivateKey privateKey) {
        this.verifying = verifying;
        this.privateKey = privateKey;
    }

    /** A new random key. */
    static SigningKey make() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(Ed25519.ALGORITHM).generateKeyPair();
            return new SigningKey(
                    VerifyingKey.ofSeed(Ed25519.bytes(pair.getPublic()), Ed25519.seed(pair.getPrivate())),
                    pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has Ed25519", e);
        }
    }

    /**
     * A stored key.
     *
     * @throws IllegalArgumentException if the two are no pair of keys; the message contains no secret
     */
    static SigningKey of(byte[] publicBytes, byte[] seed) {
        try {
            SigningKey key = new SigningKey(VerifyingKey.ofSeed(publicBytes, seed), Ed25519.privateKey(seed));
            if (isValid(Ed25519.publicKey(publicBytes), key.sign(0, SAMPLE), SAMPLE)) {
                return key;
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a key cannot be used", e);
        }
        throw new IllegalArgumentException("a private key and a public key are no pair");
    }

    private static boolean isValid(PublicKey key, WebhookSignature signed, byte[] body)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(Ed25519.ALGORITHM);
        signature.initVerify(key);
        signature.update(WebhookSignature.prefix(signed.seconds()));
        signature.update(body);
        return signature.verify(signed.bytes());
    }

    VerifyingKey verifying() {
        return verifying;
    }

    /** The seed of the private key. */
    byte[] seed() {
        return Ed25519.seed(privateKey);
    }

    /** Signs a body at a time in seconds since 1970 UTC; takes about half a millisecond. */
    WebhookSignature sign(long seconds, byte[] body) {
        try {
            Signature signature = Signature.getInstance(Ed25519.ALGORITHM);
            signature.initSign(privateKey);
            signature.update(WebhookSignature.prefix(seconds));
            signature.update(body);
            return new WebhookSignature(seconds, verifying.id(), signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key was checked", e);
        }
    }
}
