package io.streamkeeper.server.shard;

import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Opens the store of each shard, and owns the resources that the stores share. */
public interface Stores extends AutoCloseable {
    /** Number of shards. */
    int shards();

    /** The identity of what is stored, which every file contains; empty if nothing is stored. */
    default String identity() {
        return "";
    }

    /**
     * Opens the store of one shard; may be called by several threads at once, and may block.
     *
     * @param loop the loop that the store will belong to
     */
    ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) throws IOException;

    /**
     * All shards are open, and their forks are counted; may block.
     *
     * @throws IOException if the stores cannot be used; the shards are closed then
     */
    default void started() throws IOException {}

    /** The shards are about to be closed: no command follows; may block. */
    default void ending() {}

    /** The object store to which extent files are copied, or null. */
    default @Nullable Tier tier() {
        return null;
    }

    /** Waits until the stores, which are closed, have written everything, and releases all resources. */
    @Override
    void close();
}
