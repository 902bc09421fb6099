package io.streamkeeper.storage.journal;

import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A journal that keeps payloads in memory blocks and no log: durability {@code memory}. A staged record never becomes
 * more durable than it already is, so the journal has one epoch, and refuses and loses nothing. Owned by the shard's
 * loop.
 */
public final class MemoryJournal implements Journal {
    private static final long EPOCH = 1;

    private final RecordBlocks blocks;
    private Listener listener = Listener.NONE;
    private @Nullable StorageFailedException failure;
    private long lsn;
    private long stagedBytes;

    public MemoryJournal(MemoryBudget budget) {
        this.blocks = new RecordBlocks(budget, budget::allocate);
    }

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        if (failure != null) {
            throw failure;
        }
        Block block = blocks.blockFor(payload, 0, 0);
        int position = block.memory().writerIndex();
        blocks.write(payload, block);
        stagedBytes += payload.storedBytes();
        return new Staged(EPOCH, ++lsn, block, position);
    }

    @Override
    public void endBatch() {
        // Each record is its own batch.
    }

    /** No checkpoint makes room in memory, so a writer gains nothing by waiting. */
    @Override
    public boolean isPressed(int bytes) {
        return false;
    }

    @Override
    public long epoch() {
        return EPOCH;
    }

    @Override
    public long lastLsn() {
        return lsn;
    }

    @Override
    public long durableLsn() {
        return lsn;
    }

    @Override
    public long stagedBytes() {
        return stagedBytes;
    }

    @Override
    public void fail(StorageFailedException reason) {
        if (failure == null) {
            failure = reason;
            listener.failed(reason);
        }
    }

    @Override
    public @Nullable StorageFailedException failure() {
        return failure;
    }

    @Override
    public @Nullable Obstacle obstacle() {
        return null;
    }

    @Override
    public void whenSynced(long upTo, Synced then) {
        then.synced();
    }

    @Override
    public ReplayStart replayStart(long upTo) {
        return new ReplayStart(upTo, 0);
    }

    @Override
    public void release(ReplayStart start) {
        // Payloads are released by the streams.
    }

    @Override
    public void checkpointObstacle(@Nullable Obstacle obstacle) {
        // No checkpoint makes room here.
    }

    @Override
    public void close() {
        blocks.close();
    }
}
