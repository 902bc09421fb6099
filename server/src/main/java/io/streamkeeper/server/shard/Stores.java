package io.streamkeeper.server.shard;

import io.streamkeeper.storage.shard.ShardStore;
import java.io.IOException;
import java.util.concurrent.Executor;

/** Opens the store of each shard, and has what they share. */
public interface Stores extends AutoCloseable {
    /** How many shards there are. */
    int shards();

    /**
     * Opens the store of one shard; may be called by several threads at once, and may block.
     *
     * @param loop the loop that the store will belong to
     */
    ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) throws IOException;

    /** Waits for what the stores, which are closed, still have to write, and releases everything. */
    @Override
    void close();
}
