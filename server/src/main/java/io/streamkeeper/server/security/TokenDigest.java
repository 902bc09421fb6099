package io.streamkeeper.server.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a token: what files and caches contain in place of the token. Comparing two of them may take any time:
 * a client that measures it learns something of the digest, from which no token can be derived.
 */
record TokenDigest(long first, long second, long third, long fourth) {
    /** The digest of a token. */
    static TokenDigest of(String token) {
        return ofContent(token.getBytes(StandardCharsets.UTF_8));
    }

    /** The digest of any content. */
    static TokenDigest ofContent(byte[] content) {
        return ofBytes(sha256().digest(content));
    }

    /** The digest that has these 32 bytes. */
    static TokenDigest ofBytes(byte[] bytes) {
        ByteBuffer longs = ByteBuffer.wrap(bytes);
        return new TokenDigest(longs.getLong(), longs.getLong(), longs.getLong(), longs.getLong());
    }

    /** The 64 digits that files have for it. */
    String hex() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(first) + hex.toHexDigits(second) + hex.toHexDigits(third) + hex.toHexDigits(fourth);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
