package io.streamkeeper.server.shard;

import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.stream.ProducerLimits;

/** Stores for tests of what is above them. */
public final class TestStores {
    private TestStores() {}

    /** Stores in memory with the default limits, of which nothing but the streams is counted. */
    public static MemoryStores inMemory(int shards, long memoryBytes, Clock clock) {
        return new MemoryStores(
                shards, new MemoryBudget(memoryBytes), new ReadBudget(0), ProducerLimits.DEFAULT, clock);
    }
}
