package io.streamkeeper.bench.micro;

import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;

/** Creates shards in memory, which the caller closes. */
final class MemoryShard {
    private static final long MEMORY_BYTES_MAX = 1L << 30;

    private MemoryShard() {}

    static ShardStore empty() {
        MemoryBudget memory = new MemoryBudget(MEMORY_BYTES_MAX);
        return new ShardStore(
                0,
                1,
                new MemoryJournal(memory),
                new MemoryExtentStore(memory),
                new ReadBudget(0),
                Clock.SYSTEM,
                (path, generation, done) -> done.run(),
                ProducerLimits.DEFAULT);
    }

    /** A shard with one stream. */
    static ShardStore with(StreamPath path, Body body) {
        ShardStore store = empty();
        store.create(
                new Command.Create(
                        path,
                        ContentType.OCTET_STREAM,
                        Expiry.never(),
                        Retention.none(),
                        false,
                        null,
                        Preconditions.NONE,
                        body),
                null,
                outcome -> {});
        return store;
    }
}
