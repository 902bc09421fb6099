package io.streamkeeper.protocol;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Keys of Ed25519 as their 32 bytes (RFC 8032), and as the types of the JDK. The encodings of the JDK consist of a fixed
 * prefix and these bytes (RFC 8410).
 */
public final class Ed25519 {
    /** The name of the algorithm in the JDK. */
    public static final String ALGORITHM = "Ed25519";

    /** The length of a public key, and of the seed of a private one. */
    public static final int KEY_BYTES = 32;

    /** The length of a signature. */
    public static final int SIGNATURE_BYTES = 64;

    private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final byte[] PRIVATE_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private Ed25519() {}

    /**
     * {@return the bytes of a public key}
     *
     * @param key of Ed25519
     */
    public static byte[] bytes(PublicKey key) {
        return suffix(key.getEncoded(), PUBLIC_PREFIX);
    }

    /**
     * {@return the seed of a private key}
     *
     * @param key of Ed25519
     */
    public static byte[] seed(PrivateKey key) {
        return suffix(key.getEncoded(), PRIVATE_PREFIX);
    }

    private static byte[] suffix(byte[] encoded, byte[] prefix) {
        if (encoded.length != prefix.length + KEY_BYTES
                || !Arrays.equals(prefix, Arrays.copyOf(encoded, prefix.length))) {
            throw new IllegalArgumentException("the key is not one of " + ALGORITHM);
        }
        return Arrays.copyOfRange(encoded, prefix.length, encoded.length);
    }

    /**
     * {@return the public key}
     *
     * @param bytes its 32 bytes
     * @throws InvalidKeySpecException if they are none
     */
    public static PublicKey publicKey(byte[] bytes) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded(bytes, PUBLIC_PREFIX)));
    }

    /**
     * {@return the private key}
     *
     * @param seed its 32 bytes
     * @throws InvalidKeySpecException if they are none
     */
    public static PrivateKey privateKey(byte[] seed) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM)
                .generatePrivate(new PKCS8EncodedKeySpec(encoded(seed, PRIVATE_PREFIX)));
    }

    private static byte[] encoded(byte[] bytes, byte[] prefix) throws InvalidKeySpecException {
        if (bytes.length != KEY_BYTES) {
            throw new InvalidKeySpecException("an Ed25519 key has " + bytes.length + " bytes; expected " + KEY_BYTES);
        }
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + KEY_BYTES);
        System.arraycopy(bytes, 0, encoded, prefix.length, KEY_BYTES);
        return encoded;
    }
}
