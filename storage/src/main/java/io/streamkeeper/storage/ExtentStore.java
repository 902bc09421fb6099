package io.streamkeeper.storage;

/**
 * Where runs of bytes go that leave the journal's blocks: packed together, never changed. Owned by the shard's loop.
 */
public interface ExtentStore extends AutoCloseable {
    /**
     * Takes a copy of a run that a stream keeps, so that the block which it lies in can go.
     *
     * @throws StorageFullException if there is no room; nothing was taken then
     */
    Place write(Block from, int index, int bytes);

    @Override
    void close();

    /**
     * Where a run lies.
     *
     * @param block its block
     * @param index its first byte there
     */
    record Place(Block block, int index) {}
}
