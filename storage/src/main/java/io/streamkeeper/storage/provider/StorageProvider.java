package io.streamkeeper.storage.provider;

import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.ShardLog;
import java.io.IOException;

/**
 * Replaces a part of what a shard is kept in: its log, its extent files, or both. What a provider does not replace
 * stays in the data directory, and so do the manifests, the lock and the format file. Made once for a server; called by
 * the thread that opens a shard, perhaps for several shards at once, and may block.
 *
 * <p>A server uses the provider that its configuration names, which it finds with {@link java.util.ServiceLoader}: a
 * class with a public constructor without parameters that a file {@code META-INF/services/} with this interface's full
 * name lists.
 */
public interface StorageProvider {
    /** The provider that replaces nothing. */
    StorageProvider LOCAL = () -> "local";

    /** What the configuration calls the provider. */
    String name();

    /**
     * The extent files of a shard.
     *
     * @param local those in the data directory, which the result may use
     */
    default ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        return local;
    }

    /**
     * The log of a shard.
     *
     * @param local the one in the data directory, which the result may use
     */
    default ShardLog log(ShardIdentity shard, ShardLog local) throws IOException {
        return local;
    }
}
