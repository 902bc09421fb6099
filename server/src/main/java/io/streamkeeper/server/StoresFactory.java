package io.streamkeeper.server;

import io.netty.util.NettyRuntime;
import io.netty.util.internal.PlatformDependent;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.shard.FileStores;
import io.streamkeeper.server.shard.MemoryStores;
import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.storage.Clock;
import io.streamkeeper.storage.MemoryBudget;
import io.streamkeeper.storage.ReadBudget;
import io.streamkeeper.storage.StorageConfig;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;

/** Opens the stores that a configuration asks for. */
final class StoresFactory {
    /** Room for requests beside two checkpoints' worth of records: one being written and one coming in. */
    private static final long BACKLOG_EXTRA_BYTES = 128L << 20;

    /** A shard's loop and its journal's thread are busy at the same time; and each further loop is woken for less. */
    private static final int CORES_PER_SHARD = 2;

    private StoresFactory() {}

    static Stores open(ServerConfig config) throws IOException {
        int asked = config.listen().shards();
        int shards = asked == 0 ? Math.max(1, NettyRuntime.availableProcessors() / CORES_PER_SHARD) : asked;
        long buffersBytesMax = PlatformDependent.maxDirectMemory();
        if (config.data().durability() == Durability.MEMORY) {
            long bytesMax = config.memoryBytesMax() > 0 ? config.memoryBytesMax() : buffersBytesMax / 4 * 3;
            return new MemoryStores(shards, new MemoryBudget(bytesMax), Clock.SYSTEM);
        }
        return openFiles(config.data(), asked, shards, buffersBytesMax);
    }

    private static Stores openFiles(DataConfig config, int shardsAsked, int shardsNew, long buffersBytesMax)
            throws IOException {
        Disk disk = new LocalDisk();
        DirectoryLock lock = DirectoryLock.take(config.directory());
        try {
            DataDirectory data =
                    DataDirectory.open(disk, config.directory(), shardsAsked, shardsNew, config.mustExist());
            long backlogBytesMax = Math.min(
                    2 * config.checkpointBytes() + BACKLOG_EXTRA_BYTES, buffersBytesMax / 8 * 5 / data.shards());
            StorageConfig storage = new StorageConfig(
                    config.durability() == Durability.FSYNC,
                    config.checkpointBytes(),
                    config.checkpointMillis(),
                    config.segmentBytes(),
                    backlogBytesMax);
            return new FileStores(disk, data, lock, storage, new ReadBudget(buffersBytesMax / 8), Clock.SYSTEM);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }
}
