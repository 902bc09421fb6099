package io.streamkeeper.storage.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file, read and written at positions. Safe for use by any thread; every call may block. What fails throws a
 * {@link DiskException} that names the operation.
 */
public interface DiskFile extends AutoCloseable {
    /**
     * Writes some of what remains in {@code bytes}, at least one byte of it. Where it fails, as on a full disk, a part
     * may have been written all the same.
     *
     * @return how many, also how far {@code bytes} was consumed
     */
    int write(long position, ByteBuffer bytes) throws IOException;

    /**
     * Reads some of what fits into {@code into}.
     *
     * @return how many bytes, or -1 at the end of the file
     */
    int read(long position, ByteBuffer into) throws IOException;

    /**
     * Makes everything that was written durable. After an error nothing is known of what was written since the last
     * success, and another attempt shows nothing (I9).
     */
    void sync() throws IOException;

    long size() throws IOException;

    /** Cuts the file off; durable with the next {@link #sync}. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;

    /** Writes all of {@code bytes}. */
    default void writeFully(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += write(at, bytes);
        }
    }

    /**
     * Fills {@code into}.
     *
     * @throws EOFException if the file ends before
     */
    default void readFully(long position, ByteBuffer into) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = read(at, into);
            if (count < 0) {
                throw new EOFException("the file ends at " + at + ", expected " + into.remaining() + " bytes more");
            }
            at += count;
        }
    }
}
