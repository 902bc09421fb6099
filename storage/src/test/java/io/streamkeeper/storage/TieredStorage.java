package io.streamkeeper.storage;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.SnapshotConfig;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tier.TierConfig;
import java.io.IOException;

/** Extent files that leave the disk as soon as they have an object, and snapshots at each interval. */
final class TieredStorage implements StorageProvider {
    static final String LOCATION = "s3://bucket/prefix";
    static final long INTERVAL_MILLIS = 1_000;
    static final long KEEP_MILLIS = 60_000;
    private static final int OBJECT_BYTES_MIN = 400;
    private static final int WINDOW_BYTES = 64;

    final Tier tier;

    TieredStorage(FileRig rig, ScriptedObjects objects) {
        TierConfig config =
                new TierConfig(LOCATION, OBJECT_BYTES_MIN, 0, 0, 0, KEEP_MILLIS, WINDOW_BYTES, 4 * WINDOW_BYTES, 0, 0);
        tier = new Tier(rig.disk, objects, config, new Budget("tier", config.cacheBytesMax()), rig.clock);
    }

    @Override
    public String name() {
        return "tiered";
    }

    @Override
    public ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        return tier.extentFiles(shard, local);
    }

    @Override
    public void opened(ShardIdentity shard, Journal journal) {
        tier.opened(shard, journal);
    }

    @Override
    public void started(DataDirectory data) throws IOException {
        tier.takeSnapshots(data, new SnapshotConfig(INTERVAL_MILLIS, 1));
    }
}
