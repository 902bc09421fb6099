package io.streamkeeper.server.shard;

import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Stores that count the heap of their streams in one budget. */
public final class CountedStores implements Stores {
    private final Stores stores;
    private final Budget heap;

    /** Adds the counting to {@code stores}, which {@link #close} closes too. */
    public CountedStores(Stores stores, Budget heap) {
        this.stores = stores;
        this.heap = heap;
    }

    @Override
    public int shards() {
        return stores.shards();
    }

    @Override
    public String identity() {
        return stores.identity();
    }

    @Override
    public ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) throws IOException {
        ShardStore store = stores.open(shard, loop, releaser);
        store.limitHeap(heap);
        return store;
    }

    @Override
    public void started() throws IOException {
        stores.started();
    }

    @Override
    public void ending() {
        stores.ending();
    }

    @Override
    public @Nullable Tier tier() {
        return stores.tier();
    }

    @Override
    public void close() {
        stores.close();
    }
}
