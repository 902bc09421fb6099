package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.journal.ShardFigures;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.stream.StreamState;

/**
 * Stores the runs of bytes that leave the journal's blocks, packed together and never changed. Owned by the shard's
 * loop, whatever threads it uses internally.
 */
public interface ExtentStore extends AutoCloseable {
    /** A record about a stream was staged, so the extents do not contain its complete state. */
    void markDirty(StreamState stream);

    /** A run has left its place, which may now be worth emptying. */
    void released(Place place);

    /**
     * A stream is no longer needed: no client can read it, and no fork inherits from it. {@link Listener#forgotten}
     * follows when nothing refers to it.
     */
    void dropped(StreamState stream);

    /** A record was refused for want of room: jobs that make room begin without delay. */
    void pressed();

    /** A command was refused for want of heap, much of which dropped streams take: they are forgotten without delay. */
    void pressedForHeap();

    /**
     * Whether checkpoints cannot release memory, because the disk is full: a write that waits for one waits in vain.
     * False again after a stream is dropped, which may make room.
     */
    default boolean isStuck() {
        return false;
    }

    /**
     * Begins a checkpoint as soon as possible, whether it is due or not.
     *
     * @param done called on the loop when all that was staged before is in files; never if the shard fails or is closed
     */
    void checkpointNow(Runnable done);

    /**
     * Compacts every file of which compaction removes a considerable part, whether it is due or not.
     *
     * @param done called on the loop when no such file is left; never if the shard fails or is closed
     */
    void compactNow(Runnable done);

    /** What the files take. */
    ExtentUsage usage();

    /** Receives, on the shard's loop, the streams that take another amount of heap than before. */
    interface Listener {
        /** Ignores everything. */
        Listener NONE = new Listener() {
            @Override
            public void moved(StreamState stream) {}

            @Override
            public void forgotten(StreamState stream) {}
        };

        /** The runs of a stream have moved into a file. */
        void moved(StreamState stream);

        /** Nothing in the extents refers to a dropped stream any more. */
        void forgotten(StreamState stream);
    }

    /** Sets the listener. */
    void listen(Listener listener);

    /** Sets the receiver of the measurements of checkpoints and compactions. */
    default void observe(ShardFigures figures) {}

    /** Continues background work; a bounded step, to be called regularly. */
    void step();

    /**
     * Executes a read on another thread, and passes the bytes to {@code then} on the loop.
     *
     * @param memory the memory for the read; the read takes ownership of it
     */
    void read(ColdRead read, ReadMemory memory, Received then);

    @Override
    void close();
}
