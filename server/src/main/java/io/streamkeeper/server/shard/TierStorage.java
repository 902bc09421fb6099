package io.streamkeeper.server.shard;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.tier.SnapshotConfig;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Extent files with copies in an object store, and the thread that makes the copies. The log is that of another provider.
 */
public final class TierStorage implements StorageProvider {
    private static final Logger LOG = LoggerFactory.getLogger(TierStorage.class);
    private static final long STEP_MILLIS = 500;
    private static final long END_SECONDS = 60;

    private final Tier tier;
    private final SnapshotConfig snapshots;
    private final StorageProvider logs;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("streamkeeper-tier", true));

    /**
     * The storage of {@code tier}, which {@link #close} closes.
     *
     * @param logs has the log of each shard; its extent files are not used
     */
    public TierStorage(Tier tier, SnapshotConfig snapshots, StorageProvider logs) {
        this.tier = tier;
        this.snapshots = snapshots;
        this.logs = logs;
        thread.scheduleWithFixedDelay(tier::step, STEP_MILLIS, STEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The tier, for what is measured of it. */
    public Tier tier() {
        return tier;
    }

    @Override
    public String name() {
        return tier.name();
    }

    @Override
    public ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        return tier.extentFiles(shard, local);
    }

    @Override
    public ShardLog log(ShardIdentity shard, ShardLog local) throws IOException {
        return logs.log(shard, local);
    }

    @Override
    public void opened(ShardIdentity shard, Journal journal) {
        tier.opened(shard, journal);
    }

    @Override
    public void started(DataDirectory data) throws IOException {
        tier.takeSnapshots(data, snapshots);
    }

    /** Waits for the thread, which must not write after another process has the directory. */
    @Override
    public void close() {
        tier.close();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the work of the tier has not ended after {} s", END_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
