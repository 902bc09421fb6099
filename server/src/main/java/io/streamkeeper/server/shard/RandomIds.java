package io.streamkeeper.server.shard;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes bytes that are unique and cannot be guessed: digests of a secret of this process and a count, because a loop must
 * not wait for random bytes. Safe for use by any thread.
 */
public final class RandomIds {
    private static final int SECRET_BYTES = 32;

    /** Has digested the secret. */
    private final MessageDigest secret;

    private final AtomicLong count = new AtomicLong();

    /** Reads random bytes, which may block. */
    public RandomIds() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        try {
            this.secret = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        secret.update(random);
    }

    /** New bytes, at most 32. */
    public byte[] next(int length) {
        try {
            MessageDigest digest = (MessageDigest) secret.clone();
            byte[] number = ByteBuffer.allocate(Long.BYTES)
                    .putLong(count.incrementAndGet())
                    .array();
            return Arrays.copyOf(digest.digest(number), length);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the digest of the JDK can be cloned", e);
        }
    }
}
