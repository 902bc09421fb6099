package io.streamkeeper.server.shard;

import io.streamkeeper.storage.Clock;
import io.streamkeeper.storage.MemoryBudget;
import io.streamkeeper.storage.MemoryExtentStore;
import io.streamkeeper.storage.MemoryJournal;
import io.streamkeeper.storage.ProducerLimits;
import io.streamkeeper.storage.ReadBudget;
import io.streamkeeper.storage.ShardStore;
import java.util.concurrent.Executor;

/** Stores in memory: durability {@code memory}. */
public final class MemoryStores implements Stores {
    private final int shards;
    private final MemoryBudget memory;
    private final ReadBudget reads;
    private final ProducerLimits producers;
    private final Clock clock;

    /** Stores that share {@code memory}, and {@code reads} for what readers hold. */
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
        // The stores have given their memory back.
    }
}
