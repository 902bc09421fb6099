package io.streamkeeper.server.subscription;

import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.storage.ForwardingJournal;
import io.streamkeeper.storage.HeldJournal;
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

/** Stores in memory whose disk can be full, and whose log can lose records, as one does that gets another leader. */
final class RefusingStores implements Stores {
    private final int shards;
    private final MemoryBudget memory = new MemoryBudget(512L << 20);
    private volatile boolean isFull;
    private volatile boolean losesAppends;
    private volatile boolean isFullAfterTrim;

    RefusingStores(int shards) {
        this.shards = shards;
    }

    void full(boolean nowFull) {
        isFull = nowFull;
    }

    boolean isFull() {
        return isFull;
    }

    /** The disk is full from the next trim on. */
    void fullAfterTrim() {
        isFullAfterTrim = true;
    }

    /** Whether the fate of each append is unknown; none is kept. */
    void losesAppends(boolean nowLoses) {
        losesAppends = nowLoses;
    }

    @Override
    public int shards() {
        return shards;
    }

    @Override
    public ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) {
        HeldJournal held = new HeldJournal(new MemoryJournal(memory));
        ForwardingJournal journal = new ForwardingJournal(held) {
            @Override
            public Staged stage(LogRecord record, Payload payload) {
                if (isFull) {
                    throw new StorageFullException("the test's disk is full");
                }
                Staged staged = super.stage(record, payload);
                boolean isLost = losesAppends && record instanceof LogRecord.Appended;
                loop.execute(isLost ? held::lose : held::sync);
                if (isFullAfterTrim && record instanceof LogRecord.Trimmed) {
                    isFullAfterTrim = false;
                    isFull = true;
                }
                return staged;
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
