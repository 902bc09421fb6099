package io.streamkeeper.storage.tier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects by key, on another machine: an interface, so that they can be in any object store. An object appears whole,
 * and never changes. Safe for use by any thread; every call may block, but ends within a time that the implementation
 * bounds.
 *
 * <p>After a call that throws an {@code IOException}, it is not known whether it took effect, and it may still do so
 * later. A call whose answer is lost is repeated, so each one must be safe to repeat.
 */
public interface ObjectStore extends AutoCloseable {
    /** The bytes of an object that is created; may be read several times, by one thread at a time. */
    interface Source {
        /** The number of bytes. */
        long bytes();

        /** The CRC32C of all of them. */
        int checksum();

        /** Fills {@code into} with the bytes from {@code position} on. */
        void read(long position, ByteBuffer into) throws IOException;
    }

    /**
     * What is known of an object.
     *
     * @param bytes its length
     * @param checksum the CRC32C with which it was created; null if the store does not report it
     */
    record Stored(long bytes, @Nullable Integer checksum) {}

    /** The key has an object already. */
    final class ObjectExistsException extends IOException {
        private static final long serialVersionUID = 1L;

        /** The object {@code key} exists. */
        public ObjectExistsException(String key) {
            super("object " + key + " exists");
        }
    }

    /**
     * Creates an object; replaces none.
     *
     * @throws ObjectExistsException if the key has an object; it may be the effect of an earlier call that has failed
     */
    void create(String key, Source source) throws IOException;

    /** What is known of an object, or null if there is none. */
    @Nullable
    Stored find(String key) throws IOException;

    /**
     * Fills {@code into} with the bytes of an object from {@code position} on.
     *
     * @throws java.io.EOFException if the object ends before that
     */
    void read(String key, long position, ByteBuffer into) throws IOException;

    /**
     * The keys that begin with {@code prefix}, in order. The answer may be old: objects may be missing that were created
     * lately, and such may be in it that were deleted. So nothing relies on it but a person who restores.
     */
    List<String> list(String prefix) throws IOException;

    /** Deletes an object; does nothing if there is none. */
    void delete(String key) throws IOException;

    /** Ends the calls that are running, with any exception, and releases all resources. */
    @Override
    void close();
}
