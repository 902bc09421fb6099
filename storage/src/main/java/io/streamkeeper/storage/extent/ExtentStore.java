package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.journal.ShardFigures;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.stream.StreamState;
import java.util.function.Consumer;

/**
 * Where runs of bytes go that leave the journal's blocks: packed together, never changed. Owned by the shard's loop,
 * whatever threads it has inside.
 */
public interface ExtentStore extends AutoCloseable {
    /** A record about a stream was staged: what extents have of it is not all. */
    void markDirty(StreamState stream);

    /** A run has left its place, which may be worth emptying by now. */
    void released(Place place);

    /** A stream is of no interest any more: nobody sees it, and nothing inherits from it. */
    void dropped(StreamState stream);

    /** A record was refused for want of room: what makes some does not wait. */
    void pressed();

    /** {@code listener} receives each stream whose runs have moved into a file, on the shard's loop. */
    void onMoved(Consumer<StreamState> listener);

    /** Names the receiver of what checkpoints and compactions measure. */
    default void observe(ShardFigures figures) {}

    /** Continues what is to be done in the background; a bounded step, to be called now and then. */
    void step();

    /**
     * Carries a read out, somewhere else, and hands the bytes over on the loop.
     *
     * @param memory that the read takes; taken over
     */
    void read(ColdRead read, ReadMemory memory, Received then);

    @Override
    void close();
}
