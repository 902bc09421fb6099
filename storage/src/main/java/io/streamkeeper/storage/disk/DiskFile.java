package io.streamkeeper.storage.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file, read and written at positions. Safe for use by any thread; every call may block. A failed call throws a
 * {@link DiskException} that names the operation.
 */
public interface DiskFile extends AutoCloseable {
    /**
     * Writes some of the remaining bytes of {@code bytes}, at least one. Even if it fails, as on a full disk, some may
     * have been written.
     *
     * @return how many were written; the position of {@code bytes} advances by this number
     */
    int write(long position, ByteBuffer bytes) throws IOException;

    /**
     * Reads some bytes into the remaining room of {@code into}.
     *
     * @return how many bytes, or -1 at the end of the file
     */
    int read(long position, ByteBuffer into) throws IOException;

    /**
     * Makes all written bytes durable. After an error, nothing is known about bytes written since the last successful
     * sync, and the result of another attempt proves nothing (I9).
     */
    void sync() throws IOException;

    long size() throws IOException;

    /** Truncates the file; durable with the next {@link #sync}. */
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
     * @throws EOFException if the file ends before that
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
