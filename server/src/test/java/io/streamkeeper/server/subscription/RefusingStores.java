package io.streamkeeper.server.subscription;

import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.storage.ForwardingJournal;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.util.concurrent.Executor;

/** Stores in memory whose disk can be full. */
final class RefusingStores implements Stores {
    private final int shards;
    private final MemoryBudget memory = new MemoryBudget(512L << 20);
    private volatile boolean isFull;

    RefusingStores(int shards) {
        this.shards = shards;
    }

    void full(boolean nowFull) {
        isFull = nowFull;
    }

    @Override
    public int shards() {
        return shards;
    }

    @Override
    public ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) {
        ForwardingJournal journal = new ForwardingJournal(new MemoryJournal(memory)) {
            @Override
            public Staged stage(LogRecord record, Payload payload) {
                if (isFull) {
                    throw new StorageFullException("the test's disk is full");
                }
                return super.stage(record, payload);
            }
        };
        return new ShardStore(
                shard,
                shards,
                journal,
                new MemoryExtentStore(memory),
                new ReadBudget(0),
                Clock.SYSTEM,
                releaser,
                ProducerLimits.DEFAULT);
    }

    @Override
    public void close() {
        // Nothing to close.
    }
}
