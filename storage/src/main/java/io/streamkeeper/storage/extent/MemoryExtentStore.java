package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.OpenBlock;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;

/**
 * Extents in memory: durability {@code memory}. The live runs of a sparse block are copied into others, see {@link
 * BlockCompaction}. Owned by the shard's loop.
 */
public final class MemoryExtentStore implements ExtentStore {
    private final OpenBlock open;
    private final BlockCompaction compaction;
    private Listener listener = Listener.NONE;

    public MemoryExtentStore(MemoryBudget budget) {
        this.open = new OpenBlock(budget::allocateToMakeRoom);
        this.compaction = new BlockCompaction(open);
    }

    @Override
    public void markDirty(StreamState stream) {
        StreamContent content = stream.content();
        if (content.runCount() == 0) {
            return;
        }
        Place last = content.place(content.runCount() - 1);
        if (last instanceof Block block && !block.equals(stream.owner())) {
            stream.owner(block);
            compaction.entered(content, block);
        }
    }

    @Override
    public void released(Place place) {
        if (place instanceof Block block) {
            compaction.released(block);
        }
    }

    @Override
    public void dropped(StreamState stream) {
        // Its runs have left already.
        listener.forgotten(stream);
    }

    @Override
    public void pressed() {
        // Each step already copies as much as it may.
    }

    @Override
    public void pressedForHeap() {
        // Nothing refers to a dropped stream.
    }

    @Override
    public void checkpointNow(Runnable done) {
        done.run();
    }

    @Override
    public void compactNow(Runnable done) {
        done.run();
    }

    @Override
    public ExtentUsage usage() {
        return ExtentUsage.NONE;
    }

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    @Override
    public void step() {
        compaction.step();
    }

    @Override
    public void read(ColdRead read, ReadMemory memory, Received then) {
        throw new IllegalStateException("a read of " + read.length() + " bytes from files, of which there are none");
    }

    @Override
    public void close() {
        open.close();
    }
}
