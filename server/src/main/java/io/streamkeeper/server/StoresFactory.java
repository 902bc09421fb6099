package io.streamkeeper.server;

import io.netty.util.NettyRuntime;
import io.netty.util.internal.PlatformDependent;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.shard.CountedStores;
import io.streamkeeper.server.shard.FileStores;
import io.streamkeeper.server.shard.MemoryStores;
import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.directory.FileTree;
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
import org.jspecify.annotations.Nullable;
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

    /** The same on all members, whatever machines they are on. */
    private static final int SHARDS_OF_CLUSTER = 4;

    /** The part of a shard's journal memory that slow readers may keep. */
    private static final int PINNED_PART_OF_JOURNAL = 4;

    private StoresFactory() {}

    /**
     * The stores of a configuration on this machine.
     *
     * @param stores open
     * @param memory how the memory is divided, with nothing reserved
     * @param config the same configuration, with the limits that follow from the memory
     * @param cluster what the server is in its cluster; null without one
     */
    record Opened(
            Stores stores,
            MemoryLedger memory,
            ServerConfig config,
            @Nullable ClusterMember cluster) {}

    /**
     * Opens the stores.
     *
     * @throws IOException if the data directory cannot be used
     * @throws IllegalArgumentException if the memory of this process is too small for the configuration
     */
    static Opened open(ServerConfig config) throws IOException {
        int asked = config.listen().shards();
        int shards = asked == 0 ? shardsOf(config) : asked;
        long directBytesMax = PlatformDependent.maxDirectMemory();
        long heapBytesMax = Runtime.getRuntime().maxMemory();
        StorageProvider provider =
                StorageProviders.named(config.data().storage(), StoresFactory.class.getClassLoader());
        TierFactory.check(config, provider);
        if (config.data().durability() == Durability.MEMORY) {
            requireLocal(provider);
            MemoryPlan plan = MemoryPlan.ofMemory(directBytesMax, heapBytesMax, config.memoryBytesMax());
            ServerConfig sized = sized(config, plan, 0, Long.MAX_VALUE);
            MemoryLedger memory =
                    new MemoryLedger(plan.withBodyBytesMax(sized.http().bodyBytesMax()));
            MemoryBudget streams = new MemoryBudget(memory.plan().journalBytes());
            ReadBudget reads = new ReadBudget(memory.reads(), plan.journalBytes() / PINNED_PART_OF_JOURNAL);
            Stores stores = new MemoryStores(shards, streams, reads, producers(config.data()), Clock.SYSTEM);
            return new Opened(new CountedStores(stores, memory.descriptions()), memory, sized, null);
        }
        return openFiles(config, provider, asked, shards, directBytesMax, heapBytesMax);
    }

    private static int shardsOf(ServerConfig config) {
        return config.cluster().isOn()
                ? SHARDS_OF_CLUSTER
                : Math.max(1, NettyRuntime.availableProcessors() / CORES_PER_SHARD);
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
        boolean isMember = config.cluster().isOn();
        // Runs before the lock, which creates a file: a refused directory stays unchanged.
        if (!isMember || !MemberStores.isReceived(config)) {
            DataDirectory.requireUsable(disk, data.directory(), shardsAsked, data.mustExist());
        }
        DirectoryLock lock = DirectoryLock.take(disk, data.directory());
        try {
            if (isMember) {
                MemberStores.prepare(config, disk);
            } else if (disk.exists(data.directory().resolve(DataDirectory.CLUSTER))) {
                throw new IOException("data directory " + data.directory()
                        + " is that of a member of a cluster, and its newest records are in the log of the cluster;"
                        + " expected --cluster, or another directory, such as one that the command export makes");
            } else {
                FileTree.delete(disk, data.directory().resolve(DataDirectory.CLUSTER_PREPARED));
            }
            StoreConversion.run(disk, data.directory(), LOG::warn);
            DataDirectory directory =
                    DataDirectory.open(disk, data.directory(), shardsAsked, shardsNew, data.mustExist());
            int shards = directory.shards();
            long journalBytesMax = shards * (2 * data.checkpointBytes() + BACKLOG_EXTRA_BYTES);
            LogSizes log = isMember ? LogSizes.of(heapBytesMax) : LogSizes.NONE;
            long cacheBytes = TierFactory.cacheBytes(config.tier(), directBytesMax);
            MemoryPlan plan =
                    MemoryPlan.ofFiles(directBytesMax - cacheBytes, heapBytesMax - log.heapBytes(), journalBytesMax);
            ServerConfig sized = sized(config, plan, shards, log.bodyBytesMax());
            MemoryLedger memory =
                    new MemoryLedger(plan.withBodyBytesMax(sized.http().bodyBytesMax()));
            StorageConfig local = new StorageConfig(
                            data.durability() == Durability.FSYNC,
                            data.checkpointBytes(),
                            data.checkpointMillis(),
                            data.segmentBytes(),
                            plan.journalBytes() / shards,
                            producers(data))
                    .fitting(data.directory().toFile().getTotalSpace() / shards)
                    .withReserve();
            StorageConfig storage = TierFactory.fitting(local, config);
            ReadBudget reads = new ReadBudget(memory.reads(), plan.journalBytes() / shards / PINNED_PART_OF_JOURNAL);
            if (isMember) {
                MemberStores stores = MemberStores.open(
                        sized,
                        disk,
                        directory,
                        cacheBytes,
                        from -> new FileStores(disk, directory, lock, storage, from, reads, Clock.SYSTEM));
                return new Opened(new CountedStores(stores, memory.descriptions()), memory, sized, stores.member());
            }
            StorageProvider used = config.tier().isOn() ? TierFactory.open(config, disk, cacheBytes) : provider;
            Stores stores = new FileStores(disk, directory, lock, storage, used, reads, Clock.SYSTEM);
            return new Opened(new CountedStores(stores, memory.descriptions()), memory, sized, null);
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
     *
     * @param framed the largest one that the log of a cluster takes
     */
    private static ServerConfig sized(ServerConfig config, MemoryPlan plan, int shards, long framed) {
        long asked = config.http().bodyBytesMax();
        if (asked == 0) {
            int bodyBytesMax = (int) Math.min(framed, plan.defaultBodyBytesMax(shards));
            return config.toBuilder()
                    .http(http -> http.bodyBytesMax(bodyBytesMax))
                    .build();
        }
        long storable = Math.min(framed, plan.withBodyBytesMax(asked).storableBodyBytesMax(shards));
        if (asked > storable) {
            throw new IllegalArgumentException("max-body is " + asked + ", but a body of more than " + storable
                    + " bytes may never be stored with this memory (" + plan.text() + "; shards: "
                    + shards + "); expected at most that, or a larger -Xmx");
        }
        return config;
    }
}
