package io.streamkeeper.storage;

/** Extents in memory: durability {@code memory}. Owned by the shard's loop. */
public final class MemoryExtentStore implements ExtentStore {
    private final MemoryExtents extents;
    private final BlockCompaction compaction;

    public MemoryExtentStore(MemoryBudget budget) {
        this.extents = new MemoryExtents(budget);
        this.compaction = new BlockCompaction(extents);
    }

    @Override
    public void changed(StreamState stream) {
        // There is nothing but the blocks.
    }

    @Override
    public void left(Place place) {
        if (place instanceof Block block) {
            compaction.left(block);
        }
    }

    @Override
    public void dropped(StreamState stream) {
        // Its runs have left already.
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
        extents.close();
    }
}
