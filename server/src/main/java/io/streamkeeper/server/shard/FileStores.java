package io.streamkeeper.server.shard;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores in a data directory, with the threads that may block: one for each journal, one for background work, and a few
 * for reads.
 */
public final class FileStores implements Stores {
    private static final Logger LOG = LoggerFactory.getLogger(FileStores.class);
    private static final int READ_THREADS = 4;
    private static final long END_SECONDS = 60;
    private static final long WATCH_SECONDS = 1;

    private final Disk disk;
    private final DataDirectory data;
    private final DirectoryLock lock;
    private final StorageConfig config;
    private final StorageProvider provider;
    private final ReadBudget budget;
    private final Clock clock;
    private final ExecutorService background = WorkerThreads.start("streamkeeper-background", 1);
    private final ExecutorService reads = WorkerThreads.start("streamkeeper-read", READ_THREADS);
    private final ExecutorService remoteReads;
    private final List<ExecutorService> journals = Collections.synchronizedList(new ArrayList<>());
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("streamkeeper-watch", true));

    /** Each entry fails one open shard. */
    private final List<Consumer<StorageFailedException>> opened = new CopyOnWriteArrayList<>();

    /** Stores in {@code data}, which is locked for this process; {@link #close} releases the lock. */
    public FileStores(
            Disk disk,
            DataDirectory data,
            DirectoryLock lock,
            StorageConfig config,
            StorageProvider provider,
            ReadBudget budget,
            Clock clock) {
        this.disk = disk;
        this.data = data;
        this.lock = lock;
        this.config = config;
        this.provider = provider;
        this.budget = budget;
        this.clock = clock;
        this.remoteReads =
                provider instanceof TierStorage ? WorkerThreads.start("streamkeeper-tier-read", READ_THREADS) : reads;
        watch.scheduleWithFixedDelay(this::look, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public int shards() {
        return data.shards();
    }

    @Override
    public String identity() {
        return data.store().toString();
    }

    @Override
    public ShardStore open(int shard, Executor loop, ShardStore.SourceReleaser releaser) throws IOException {
        ExecutorService journal = WorkerThreads.start("streamkeeper-journal-" + shard, 1);
        journals.add(journal);
        ShardStore store = FileShard.open(
                disk,
                data,
                shard,
                config,
                provider,
                new ShardThreads(loop, journal, background, reads, remoteReads),
                budget,
                clock,
                releaser);
        opened.add(reason -> loop.execute(() -> store.fail(reason)));
        return store;
    }

    @Override
    public void started() throws IOException {
        provider.started(data);
    }

    @Override
    public @Nullable Tier tier() {
        return provider instanceof TierStorage storage ? storage.tier() : null;
    }

    /** Fails all shards if the data directory is lost: a restart would not find what they acknowledge. */
    private void look() {
        if (lock.isLost()) {
            StorageFailedException reason = new StorageFailedException(
                    "data directory " + data.path() + " was removed, moved, replaced or unmounted; nothing more is"
                            + " acknowledged until the server restarts");
            opened.forEach(shard -> shard.accept(reason));
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
        journals.forEach(FileStores::end);
        end(background);
        end(reads);
        end(remoteReads);
        provider.close();
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the lock of data directory {} cannot be released: {}", data.path(), e.getMessage());
        }
    }

    private static void end(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the disk has not taken everything after {} s", END_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
