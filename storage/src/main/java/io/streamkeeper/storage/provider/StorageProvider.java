package io.streamkeeper.storage.provider;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardLog;
import java.io.IOException;

/**
 * Replaces a part of the storage of a shard: its log, its extent files, or both. The parts that a provider does not
 * replace stay in the data directory, and so do the manifests, the lock and the format file. A server creates one
 * instance. The threads that open shards call it, perhaps several threads at once; the methods may block.
 *
 * <p>A server uses the provider that its configuration names, and finds it with {@link java.util.ServiceLoader}. The
 * implementation has a public constructor without parameters, and a file in {@code META-INF/services/} with this
 * interface's full name lists it.
 */
public interface StorageProvider {
    /** The provider that replaces nothing. */
    StorageProvider LOCAL = () -> "local";

    /** The name of the provider in the configuration. */
    String name();

    /**
     * The extent files of a shard.
     *
     * @param local the extent files in the data directory, which the result may use
     */
    default ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        return local;
    }

    /**
     * The log of a shard.
     *
     * @param local the log in the data directory, which the result may use
     */
    default ShardLog log(ShardIdentity shard, ShardLog local) throws IOException {
        return local;
    }

    /**
     * A shard is open.
     *
     * @param journal of which {@link Journal#durableLsn} may be read by any thread, and nothing else
     */
    default void opened(ShardIdentity shard, Journal journal) {}

    /**
     * All shards of a data directory are open, and serve.
     *
     * @throws IOException if the provider cannot be used; the shards are closed then
     */
    default void started(DataDirectory data) throws IOException {}

    /** Releases what the provider holds, when no shard is open any more. */
    default void close() {}
}
