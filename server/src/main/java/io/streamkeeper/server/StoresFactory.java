package io.streamkeeper.server;

import io.netty.util.NettyRuntime;
import io.netty.util.internal.PlatformDependent;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.shard.CountedStores;
import io.streamkeeper.server.shard.FileStores;
import io.streamkeeper.server.shard.MemoryStores;
import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.provider.StorageProviders;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.tool.StoreConversion;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the stores that a configuration names. */
final class StoresFactory {
    private static final Logger LOG = LoggerFactory.getLogger(StoresFactory.class);

    /**
     * Room for requests in addition to the records of two checkpoints: one that is being written, and one that
     * accumulates.
     */
    private static final long BACKLOG_EXTRA_BYTES = 128L << 20;

    /**
     * A shard's loop and its journal's thread are busy at the same time; and with more loops, each wakes up for less
     * work.
     */
    private static final int CORES_PER_SHARD = 2;

    /** The part of a shard's journal memory that slow readers may keep. */
    private static final int PINNED_PART_OF_JOURNAL = 4;

    private StoresFactory() {}

    /**
     * The stores of a configuration on this machine.
     *
     * @param stores open
     * @param memory how the memory is divided, with nothing reserved
     * @param config the same configuration, with the limits that follow from the memory
     */
    record Opened(Stores stores, MemoryLedger memory, ServerConfig config) {}

    /**
     * Opens the stores.
     *
     * @throws IOException if the data directory cannot be used
     * @throws IllegalArgumentException if the memory of this process is too small for the configuration
     */
    static Opened open(ServerConfig config) throws IOException {
        int asked = config.listen().shards();
        int shards = asked == 0 ? Math.max(1, NettyRuntime.availableProcessors() / CORES_PER_SHARD) : asked;
        long directBytesMax = PlatformDependent.maxDirectMemory();
        long heapBytesMax = Runtime.getRuntime().maxMemory();
        StorageProvider provider =
                StorageProviders.named(config.data().storage(), StoresFactory.class.getClassLoader());
        if (config.data().durability() == Durability.MEMORY) {
            requireLocal(provider);
            MemoryPlan plan = MemoryPlan.ofMemory(directBytesMax, heapBytesMax, config.memoryBytesMax());
            ServerConfig sized = sized(config, plan, 0);
            MemoryLedger memory =
                    new MemoryLedger(plan.withBodyBytesMax(sized.http().bodyBytesMax()));
            MemoryBudget streams = new MemoryBudget(memory.plan().journalBytes());
            ReadBudget reads = new ReadBudget(memory.reads(), plan.journalBytes() / PINNED_PART_OF_JOURNAL);
            Stores stores = new MemoryStores(shards, streams, reads, producers(config.data()), Clock.SYSTEM);
            return new Opened(new CountedStores(stores, memory.descriptions()), memory, sized);
        }
        return openFiles(config, provider, asked, shards, directBytesMax, heapBytesMax);
    }

    /** Refuses a storage provider for streams in memory, which store nothing. */
    private static void requireLocal(StorageProvider provider) {
        if (!provider.equals(StorageProvider.LOCAL)) {
            throw new IllegalArgumentException("storage is \"" + provider.name()
                    + "\", but durability is memory, which keeps nothing; expected durability fsync or os");
        }
    }

    private static Opened openFiles(
            ServerConfig config,
            StorageProvider provider,
            int shardsAsked,
            int shardsNew,
            long directBytesMax,
            long heapBytesMax)
            throws IOException {
        Disk disk = new LocalDisk();
        DataConfig data = config.data();
        // Runs before the lock, which creates a file: a refused directory stays unchanged.
        DataDirectory.requireUsable(disk, data.directory(), shardsAsked, data.mustExist());
        DirectoryLock lock = DirectoryLock.take(disk, data.directory());
        try {
            StoreConversion.run(disk, data.directory(), LOG::warn);
            DataDirectory directory =
                    DataDirectory.open(disk, data.directory(), shardsAsked, shardsNew, data.mustExist());
            int shards = directory.shards();
            long journalBytesMax = shards * (2 * data.checkpointBytes() + BACKLOG_EXTRA_BYTES);
            MemoryPlan plan = MemoryPlan.ofFiles(directBytesMax, heapBytesMax, journalBytesMax);
            ServerConfig sized = sized(config, plan, shards);
            MemoryLedger memory =
                    new MemoryLedger(plan.withBodyBytesMax(sized.http().bodyBytesMax()));
            StorageConfig storage = new StorageConfig(
                            data.durability() == Durability.FSYNC,
                            data.checkpointBytes(),
                            data.checkpointMillis(),
                            data.segmentBytes(),
                            plan.journalBytes() / shards,
                            producers(data))
                    .fitting(data.directory().toFile().getTotalSpace() / shards)
                    .withReserve();
            ReadBudget reads = new ReadBudget(memory.reads(), plan.journalBytes() / shards / PINNED_PART_OF_JOURNAL);
            Stores stores = new FileStores(disk, directory, lock, storage, provider, reads, Clock.SYSTEM);
            return new Opened(new CountedStores(stores, memory.descriptions()), memory, sized);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static ProducerLimits producers(DataConfig data) {
        return new ProducerLimits(
                data.producers().producersMax(), data.producers().keptMillis());
    }

    /**
     * Ensures that a body of the size that {@code --max-body} allows can always be stored: derives the limit from the
     * memory if none is configured, and refuses one that is too large.
     */
    private static ServerConfig sized(ServerConfig config, MemoryPlan plan, int shards) {
        long asked = config.http().bodyBytesMax();
        if (asked == 0) {
            int bodyBytesMax = (int) plan.defaultBodyBytesMax(shards);
            return config.toBuilder()
                    .http(http -> http.bodyBytesMax(bodyBytesMax))
                    .build();
        }
        long storable = plan.withBodyBytesMax(asked).storableBodyBytesMax(shards);
        if (asked > storable) {
            throw new IllegalArgumentException("max-body is " + asked + ", but a body of more than " + storable
                    + " bytes may never be stored with this memory (" + plan.text() + "; shards: "
                    + shards + "); expected at most that, or a larger -Xmx");
        }
        return config;
    }
}
