package io.streamkeeper.storage;

/** Memory for runs that leave a block of the journal: blocks like those, filled with what others leave. */
final class MemoryExtents {
    private final OpenBlock open;

    MemoryExtents(MemoryBudget budget) {
        this.open = new OpenBlock(budget::allocateToMakeRoom);
    }

    /**
     * Takes a copy of a run that a stream keeps, so that the block which it lies in can go.
     *
     * @throws StorageFullException if there is no room; nothing was taken then
     */
    Spot write(Block from, int index, int bytes) {
        Block block = open.blockFor(bytes);
        int place = block.memory().writerIndex();
        block.memory().writeBytes(from.memory(), index, bytes);
        return new Spot(block, place);
    }

    void close() {
        open.close();
    }

    /**
     * Where a run lies.
     *
     * @param block its block
     * @param index its first byte there
     */
    record Spot(Block block, int index) {}
}
