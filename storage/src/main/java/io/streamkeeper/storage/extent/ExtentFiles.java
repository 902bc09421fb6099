package io.streamkeeper.storage.extent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The storage of the extent files of one shard, by number: an interface, so that they can be files of this machine,
 * objects of an object store, or memory of a test. A file is written once from its beginning to its end, sealed, and
 * never changed; a number that was used is not used for other content. Safe for use by any thread; every call may
 * block.
 *
 * <p>Why nothing is lost here: the store writes the manifest that names a file after {@link Output#seal} has returned,
 * and removes a file after a manifest without it is durable. So an implementation must guarantee two things: after any
 * crash, a sealed file is found under its number, complete; and an unsealed file may be lost or found in part, but
 * never replaces a sealed one. The next start removes the files that no manifest names.
 *
 * <p>A failed call throws an {@code IOException}, and its job is repeated later. A {@link
 * io.streamkeeper.storage.disk.DiskException} means that the disk refused, perhaps for want of {@linkplain #usableBytes
 * room}, and an {@link ExtentUnavailableException} that another machine does not answer.
 */
public interface ExtentFiles {
    /** A file that is being written; used by one thread at a time. */
    interface Output extends AutoCloseable {
        /** Adds the remaining bytes of {@code bytes}. */
        void write(ByteBuffer bytes) throws IOException;

        /**
         * Makes the bytes written so far durable, if the storage can do that in parts, so that less is left to {@link
         * #seal}.
         */
        void sync() throws IOException;

        /** Completes the file: its bytes and its number are durable when this returns, and nothing more is written. */
        void seal() throws IOException;

        /**
         * Releases the resources of the writing; may be called again. The caller {@linkplain #delete removes} a file
         * that was not sealed.
         */
        @Override
        void close() throws IOException;
    }

    /** A sealed file, open for reading; safe for use by any thread. */
    interface Input extends AutoCloseable {
        /** The length of the file in bytes. */
        long size() throws IOException;

        /**
         * Fills {@code into} with the bytes from {@code position} on.
         *
         * @throws java.io.EOFException if the file ends before that
         */
        void read(long position, ByteBuffer into) throws IOException;

        /**
         * Whether {@link #read} waits for another machine, except for the parts that {@link ExtentFile#indexParts}
         * names. Such a file is read on threads of its own, and never by a compaction. Does not block; false may become
         * true, but not the other way round.
         */
        default boolean isRemote() {
            return false;
        }

        /**
         * Whether a copy is on another machine, which is why the file is not rewritten only to have fewer files. Does not
         * block.
         */
        default boolean isCopied() {
            return false;
        }

        /** What messages call the place from which its bytes are read, beside the name of the file; null for the disk. */
        default @Nullable String elsewhere() {
            return null;
        }

        /** The bytes that were read there are damaged: no copy of them that was kept for other reads is used again. */
        default void forget(long position, int bytes) {}

        /** Releases the resources of the reading; called once, when no read is running. */
        @Override
        void close() throws IOException;
    }

    /** Begins file {@code number}; it replaces an unsealed one of that number. */
    Output create(long number) throws IOException;

    /**
     * Opens a sealed file. If it is removed later, it can still be read until it is closed.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    Input open(long number) throws IOException;

    /** Removes a file, sealed or not; does nothing if there is none. */
    void delete(long number) throws IOException;

    /** The numbers of all files, including unsealed ones, in order. */
    List<Long> list() throws IOException;

    /** The name of file {@code number} in messages, by which a person can find it. */
    String name(long number);

    /**
     * The number of bytes that can be written before no room is left; {@link Long#MAX_VALUE} if that is not limited.
     */
    long usableBytes() throws IOException;
}
