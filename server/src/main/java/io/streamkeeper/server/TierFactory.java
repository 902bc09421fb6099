package io.streamkeeper.server;

import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.TierSettings;
import io.streamkeeper.server.shard.TierStorage;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.tier.ObjectStoreConfig;
import io.streamkeeper.storage.tier.ObjectStores;
import io.streamkeeper.storage.tier.SnapshotConfig;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tier.TierConfig;
import java.io.IOException;
import java.net.URI;

/** Opens the object store that a configuration names. */
final class TierFactory {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int CACHE_PART_OF_DIRECT = 8;
    private static final long COMPACTED_BYTES_MAX = 1L << 30;
    private static final int COMPACTIONS_OF_FILE_SYSTEM = 32;
    private static final int FREE_PART_OF_FILE_SYSTEM = 10;
    private static final long FREE_BYTES_MAX = 4L << 30;

    private TierFactory() {}

    /** The direct memory for bytes of objects; 0 without an object store. */
    static long cacheBytes(TierSettings tier, long directBytesMax) {
        return tier.isOn()
                ? Math.max(WINDOW_BYTES, Math.min(tier.cacheBytes(), directBytesMax / CACHE_PART_OF_DIRECT))
                : 0;
    }

    /**
     * Refuses an object store beside something that replaces the local extent files.
     *
     * @throws IllegalArgumentException if the configuration has both
     */
    static void check(ServerConfig config, StorageProvider provider) {
        if (config.tier().isOn() && !provider.equals(StorageProvider.LOCAL)) {
            throw new IllegalArgumentException("tier is \"" + config.tier().location() + "\" and storage is \""
                    + provider.name() + "\"; expected storage local, of which the tier keeps copies");
        }
    }

    /** The storage of a configuration that has an object store. */
    static TierStorage open(ServerConfig config, Disk disk, long cacheBytes) throws IOException {
        TierSettings tier = config.tier();
        SnapshotConfig snapshots = new SnapshotConfig(tier.snapshotMillis(), tier.snapshotsMax());
        return new TierStorage(tierOf(config, disk, cacheBytes, ""), snapshots, StorageProvider.LOCAL);
    }

    /**
     * The storage of a member of a cluster whose configuration has an object store. It makes no snapshots, because its
     * log is not in the data directory.
     *
     * @param directoryName identifies the directory of the member among all that were ever used in its cluster
     * @param logs has the logs
     */
    static TierStorage ofMember(
            ServerConfig config, Disk disk, long cacheBytes, String directoryName, StorageProvider logs)
            throws IOException {
        SnapshotConfig none = new SnapshotConfig(0, config.tier().snapshotsMax());
        return new TierStorage(tierOf(config, disk, cacheBytes, "member-" + directoryName + "/"), none, logs);
    }

    private static Tier tierOf(ServerConfig config, Disk disk, long cacheBytes, String keysBelow) throws IOException {
        TierSettings tier = config.tier();
        long diskBytes = config.data().directory().toFile().getTotalSpace();
        TierConfig opened = new TierConfig(
                tier.location(),
                tier.objectBytesMin(),
                tier.afterMillis(),
                tier.localBytesMax(),
                Math.min(FREE_BYTES_MAX, diskBytes / FREE_PART_OF_FILE_SYSTEM),
                tier.keepMillis(),
                WINDOW_BYTES,
                cacheBytes,
                tier.timeoutMillis(),
                tier.bytesPerSecondMax());
        ObjectStoreConfig objects = new ObjectStoreConfig(
                URI.create(tier.location()), tier.endpointUrl(), tier.regionName(), tier.timeoutMillis());
        return new Tier(
                disk,
                ObjectStores.open(objects, TierFactory.class.getClassLoader()),
                opened,
                new Budget("tier", cacheBytes),
                Clock.SYSTEM,
                keysBelow);
    }

    /** The same configuration with compactions whose result is an object, and small beside the file system. */
    static StorageConfig fitting(StorageConfig storage, ServerConfig config) {
        if (!config.tier().isOn()) {
            return storage;
        }
        long part = config.data().directory().toFile().getTotalSpace() / COMPACTIONS_OF_FILE_SYSTEM;
        return storage.withCompactedBytesMax(
                Math.min(COMPACTED_BYTES_MAX, Math.max(2 * config.tier().objectBytesMin(), part)));
    }
}
