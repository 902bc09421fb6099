package io.streamkeeper.storage.journal;

import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A journal that keeps payloads in memory blocks and no log: durability {@code memory}. A record is as durable as it
 * will be when it is staged. Owned by the shard's loop.
 */
public final class MemoryJournal implements Journal {
    private final RecordBlocks blocks;
    private @Nullable Listener listener;
    private @Nullable StorageFailedException failure;
    private long lsn;

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
        return new Staged(++lsn, block, position);
    }

    @Override
    public long lastLsn() {
        return lsn;
    }

    @Override
    public void fail(StorageFailedException reason) {
        if (failure == null) {
            failure = reason;
            if (listener != null) {
                listener.failed(reason);
            }
        }
    }

    @Override
    public long durableLsn() {
        return lsn;
    }

    @Override
    public void whenSynced(long upTo, Synced then) {
        then.synced();
    }

    @Override
    public void close() {
        blocks.close();
    }
}
