package io.streamkeeper.storage.extent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where the extent files of one shard are kept, by number: a seam, so that they can be files of this machine, objects
 * of a store, or memory of a test. A file is written once from its beginning to its end, sealed, and never changed; a
 * number that was used is not used for other content. Safe for use by any thread; every call may block.
 *
 * <p>Why nothing is lost here: the store writes the manifest that names a file after {@link Output#seal} has returned,
 * and removes a file after a manifest without it is durable. So an implementation owes two things: a sealed file is
 * found under its number, whole, after any crash; and a file that was not sealed may be lost, or be found in part, but
 * never takes the place of a sealed one. What no manifest names is removed by the next start.
 *
 * <p>What fails throws an {@code IOException}, and the work that needed it is repeated later. A {@link
 * io.streamkeeper.storage.disk.DiskException} says that the disk refused, perhaps for want of {@linkplain #usableBytes
 * room}.
 */
public interface ExtentFiles {
    /** A file that is being written; used by one thread at a time. */
    interface Output extends AutoCloseable {
        /** Adds what remains in {@code bytes}. */
        void write(ByteBuffer bytes) throws IOException;

        /**
         * Makes durable what was written so far, where that can be done in parts, so that less is left to {@link
         * #seal}.
         */
        void sync() throws IOException;

        /** Completes the file: its bytes and its number are durable when this returns, and nothing more is written. */
        void seal() throws IOException;

        /**
         * Releases what the writing holds, more than once without harm; a file that was not sealed is {@linkplain
         * #delete removed} by the caller.
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
         * @throws java.io.EOFException if the file ends before
         */
        void read(long position, ByteBuffer into) throws IOException;

        /** Releases what the reading holds; called once, when no read is under way. */
        @Override
        void close() throws IOException;
    }

    /** Begins file {@code number}, in the place of one of that number that was not sealed. */
    Output create(long number) throws IOException;

    /**
     * Opens a sealed file. One that is removed later can be read until it is closed.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    Input open(long number) throws IOException;

    /** Removes a file, sealed or not; does nothing if there is none. */
    void delete(long number) throws IOException;

    /** The numbers of all files, those that were not sealed included, in order. */
    List<Long> list() throws IOException;

    /** What messages call file {@code number}: something by which a person finds it. */
    String name(long number);

    /** Bytes that can be written before there is no room; {@link Long#MAX_VALUE} where that is not limited. */
    long usableBytes() throws IOException;
}
