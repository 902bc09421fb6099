package io.streamkeeper.server.shard;

import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.util.concurrent.Executor;

/** Stores in memory: durability {@code memory}. */
public final class MemoryStores implements Stores {
    private final int shards;
    private final MemoryBudget memory;
    private final ReadBudget reads;
    private final ProducerLimits producers;
    private final Clock clock;

    /** Stores that share {@code memory}, and {@code reads} for the data that readers hold. */
    public MemoryStores(int shards, MemoryBudget memory, ReadBudget reads, ProducerLimits producers, Clock clock) {
        this.reads = reads;
        this.producers = producers;
        this.shards = shards;
        this.memory = memory;
        this.clock = clock;
    }

    @Override
    public int shards() {
        return shards;
    }

    @Override
    public ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) {
        return new ShardStore(
                shard,
                shards,
                new MemoryJournal(memory),
                new MemoryExtentStore(memory),
                reads,
                clock,
                releaser,
                producers);
    }

    @Override
    public void close() {
        // Nothing to close: the stores have returned their memory.
    }
}
