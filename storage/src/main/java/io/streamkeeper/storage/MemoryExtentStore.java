package io.streamkeeper.storage;

/** Extents in memory: blocks like the journal's, filled with what others leave. Owned by the shard's loop. */
public final class MemoryExtentStore implements ExtentStore {
    private final OpenBlock open;

    public MemoryExtentStore(MemoryBudget budget) {
        this.open = new OpenBlock(budget::allocateToMakeRoom);
    }

    @Override
    public Place write(Block from, int index, int bytes) {
        Block block = open.blockFor(bytes);
        int place = block.memory().writerIndex();
        block.memory().writeBytes(from.memory(), index, bytes);
        return new Place(block, place);
    }

    @Override
    public void close() {
        open.close();
    }
}
