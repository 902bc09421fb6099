package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentUnavailableException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The object-store tier of a process, for all its shards. One thread calls {@link #step} again and again, which copies
 * extent files to the object store, removes local ones, and deletes objects; no loop waits for it. Everything else is
 * safe for use by any thread that may block.
 */
public final class Tier implements StorageProvider {
    private static final Logger LOG = LoggerFactory.getLogger(Tier.class);
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** For how long a request that has failed, or whose process has ended, may still take effect. */
    private static final long LATE_MILLIS = TimeUnit.MINUTES.toMillis(15);

    /** After this time copies give way to deletions and snapshots, and deletions to copies. */
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Disk disk;
    private final ObjectStore store;
    private final TierConfig config;
    private final Clock clock;
    private final UUID process = UUID.randomUUID();
    private final String keysBelow;
    private final KeptObjects kept = new KeptObjects();
    private final List<ShardTier> shards = new CopyOnWriteArrayList<>();
    private final TierFigures figures = new TierFigures();
    private final WindowCache cache;
    private final Outage outage;
    private final Pace sendPace;
    private final Pace receivePace;
    private final Map<Integer, Journal> journals = new ConcurrentHashMap<>();
    private volatile @Nullable Snapshots snapshots;
    private volatile TierUsage usage = TierUsage.NONE;
    private volatile boolean closed;

    /** When a failure of the disk was reported last, if one was. */
    private long reportedNanos;

    private boolean reportsDisk;
    private int turns;

    /**
     * A tier; {@link #close} closes {@code store}.
     *
     * @param memory for the windows of objects that are kept; at least one must fit
     */
    public Tier(Disk disk, ObjectStore store, TierConfig config, Budget memory, Clock clock) {
        this(disk, store, config, memory, clock, "");
    }

    /**
     * A tier of one of several servers with the same identity; {@link #close} closes {@code store}.
     *
     * @param memory for the windows of objects that are kept; at least one must fit
     * @param keysBelow what the keys of all its objects begin with, which only this server uses
     */
    public Tier(Disk disk, ObjectStore store, TierConfig config, Budget memory, Clock clock, String keysBelow) {
        this.keysBelow = keysBelow;
        this.disk = disk;
        this.store = store;
        this.config = config;
        this.clock = clock;
        long waitNanos = TimeUnit.MILLISECONDS.toNanos(config.waitMillis());
        this.cache = new WindowCache(config.windowBytes(), waitNanos, memory, this::read, figures);
        this.outage = new Outage(clock, config.location());
        this.sendPace = new Pace(config.bytesPerSecondMax());
        this.receivePace = new Pace(config.bytesPerSecondMax());
    }

    @Override
    public String name() {
        return "tier";
    }

    @Override
    public ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        ShardTier opened = new ShardTier(this, disk, shard, local, keysBelow, process);
        shards.add(opened);
        return opened;
    }

    @Override
    public void opened(ShardIdentity shard, Journal journal) {
        journals.put(shard.shard(), journal);
    }

    /**
     * All shards are open: snapshots of them are made from now on.
     *
     * @throws IOException if the list of snapshots cannot be read, or is that of another place
     */
    public void takeSnapshots(DataDirectory data, SnapshotConfig when) throws IOException {
        List<ShardTier> all = new ArrayList<>(shards);
        all.sort(Comparator.comparingInt(ShardTier::number));
        List<LongSupplier> logs = new ArrayList<>();
        for (ShardTier shard : all) {
            Journal journal = journals.get(shard.number());
            if (journal == null) {
                throw new IllegalStateException("shard " + shard.number() + " is not open");
            }
            logs.add(journal::durableLsn);
        }
        snapshots = new Snapshots(this, disk, data, when, process, all, logs);
    }

    /**
     * The object of an extent file, for a reader for whom it has to stay: it is not deleted until the input is closed,
     * whatever the shard does with the file. The bytes do not go through the memory for windows.
     *
     * @return null if the shard has no object of it
     */
    public ExtentFiles.@Nullable Input keep(int shard, long file) {
        for (ShardTier each : shards) {
            if (each.number() == shard) {
                return kept.keep(() -> each.objects().copies().get(file), this::read);
            }
        }
        return null;
    }

    // ---- for the shards ----

    TierConfig config() {
        return config;
    }

    Clock clock() {
        return clock;
    }

    ObjectStore store() {
        return store;
    }

    WindowCache cache() {
        return cache;
    }

    /** Deletes an object. */
    void delete(String key) throws IOException {
        store.delete(key);
        outage.answered();
        figures.deleted();
    }

    /** Whether an object must not be deleted: a snapshot names it, or a reader keeps it. */
    boolean isKept(String key) {
        Snapshots made = snapshots;
        return made == null || made.names(key) || kept.has(key);
    }

    /**
     * The time from which an object is not needed whose creation has failed or was not awaited: it may still appear,
     * and a deletion before that would leave it behind.
     */
    long afterLateEffect() {
        return clock.nowMillis() + Math.max(0, LATE_MILLIS - config.graceMillis());
    }

    Pace sendPace() {
        return sendPace;
    }

    boolean isClosed() {
        return closed;
    }

    private void read(StoredObject object, long position, ByteBuffer into) throws IOException {
        int bytes = into.remaining();
        receivePace.await(bytes);
        try {
            store.read(object.key(), position, into);
        } catch (NoSuchFileException | EOFException e) {
            figures.failed();
            throw new IOException(
                    "object " + object.key() + " at " + config.location() + " is missing or not whole", e);
        } catch (IOException e) {
            figures.failed();
            outage.failed("return stored data", e);
            throw new ExtentUnavailableException("object " + object.key() + " cannot be read: " + e.getMessage(), e);
        }
        outage.answered();
        figures.read(bytes);
    }

    // ---- work ----

    /** What was done since the start. */
    public TierFigures figures() {
        return figures;
    }

    /** What there was at the end of the last step. */
    public TierUsage usage() {
        return usage;
    }

    /**
     * Does what is to be done now, until it fails or is complete, in turns, so that copies do not hold up deletions and
     * snapshots, nor one shard the others. A throwable that nobody expects ends the step, not the tier: no change is half
     * made, because a file is taken for a copy, or an object for unneeded, by one write of a list.
     */
    public void step() {
        boolean isMoreDue = true;
        while (isMoreDue) {
            isMoreDue = false;
            try {
                isMoreDue = turn() && !closed;
            } catch (RuntimeException e) {
                // A call that runs while the object store is closed may end in any way.
                if (!closed) {
                    hasFailedUnexpectedly(e);
                }
            } catch (Error e) {
                hasFailedUnexpectedly(e);
            }
            usage = count();
        }
    }

    private void hasFailedUnexpectedly(Throwable e) {
        LOG.error("a step of the tier has failed; it is tried again", e);
        outage.pause();
    }

    /** Returns whether more is to be done now. */
    private boolean turn() {
        removeLocals();
        if (outage.isPaused()) {
            return false;
        }
        turns++;
        boolean isMoreToCopy = copyFiles();
        boolean isMoreToDelete = !outage.isPaused() && deleteObjects();
        if (!outage.isPaused()) {
            stepSnapshots();
        }
        return (isMoreToCopy || isMoreToDelete) && !outage.isPaused();
    }

    /** The shards, in each turn with another one first. */
    private List<ShardTier> inTurn() {
        List<ShardTier> all = new ArrayList<>(shards);
        Collections.rotate(all, turns % Math.max(1, all.size()));
        return all;
    }

    /** When a part of a turn that begins now ends. */
    private long turnEndNanos() {
        return clock.monotonicNanos() + TURN_NANOS;
    }

    /** Copies files; returns whether there may be more. */
    private boolean copyFiles() {
        long endNanos = turnEndNanos();
        boolean isMoreDue = true;
        while (isMoreDue && !closed && clock.monotonicNanos() - endNanos < 0) {
            isMoreDue = false;
            for (ShardTier shard : inTurn()) {
                isMoreDue |= !outage.isPaused() && !closed && copyNext(shard);
            }
            removeLocals();
        }
        return isMoreDue;
    }

    /** Copies one file of a shard; returns whether it had one, and its copy is made. */
    private boolean copyNext(ShardTier shard) {
        TieredFile file = nextToCopy(shard);
        if (file == null) {
            return false;
        }
        try {
            shard.copy(file);
            outage.answered();
            return true;
        } catch (IOException e) {
            hasFailed("take a copy of " + shard.name(file.number()), e);
            return false;
        }
    }

    private @Nullable TieredFile nextToCopy(ShardTier shard) {
        try {
            return shard.nextToCopy();
        } catch (IOException e) {
            reportDisk(e);
            return null;
        }
    }

    /** Deletes objects; returns whether there are more. */
    private boolean deleteObjects() {
        long endNanos = turnEndNanos();
        boolean isMoreDue = false;
        for (ShardTier shard : inTurn()) {
            try {
                isMoreDue |= shard.deleteObjects(endNanos);
            } catch (IOException e) {
                hasFailed("delete what is not needed", e);
                return false;
            }
        }
        return isMoreDue;
    }

    private void stepSnapshots() {
        Snapshots made = snapshots;
        if (made == null || closed) {
            return;
        }
        try {
            made.step();
        } catch (IOException e) {
            hasFailed("take a snapshot", e);
        }
    }

    private void hasFailed(String what, IOException e) {
        if (closed) {
            return;
        }
        if (e instanceof DiskException || Manifest.isUncertain(e)) {
            reportDisk(e);
        } else {
            figures.failed();
            outage.failed(what, e);
        }
        outage.pause();
    }

    private record Copied(ShardTier shard, TieredFile file) {}

    /** Removes the local files that were not read for longest, until the others are few enough. */
    private void removeLocals() {
        List<Copied> copied = new ArrayList<>();
        long bytes = 0;
        for (ShardTier shard : shards) {
            for (TieredFile file : shard.openFiles()) {
                if (file.isCopied()) {
                    copied.add(new Copied(shard, file));
                    bytes += file.bytes();
                }
            }
        }
        copied.sort(Comparator.comparingLong(each -> each.file().usedNanos()));
        try {
            for (ShardTier shard : shards) {
                shard.removeGivenUp();
            }
            for (Copied each : copied) {
                if (bytes <= config.localBytesMax() && each.shard().usableBytes() >= config.freeBytesMin()) {
                    return;
                }
                each.shard().removeLocal(each.file());
                bytes -= each.file().bytes();
            }
        } catch (IOException e) {
            reportDisk(e);
        }
    }

    private void reportDisk(IOException e) {
        long now = clock.monotonicNanos();
        if (!reportsDisk || now - reportedNanos >= REPORT_NANOS) {
            LOG.warn("the work of the tier on the disk has failed: {}; it is tried again", e.getMessage());
            reportedNanos = now;
            reportsDisk = true;
        }
    }

    private TierUsage count() {
        long objects = 0;
        long objectBytes = 0;
        long localBytes = 0;
        long waiting = 0;
        long waitingBytes = 0;
        long unneeded = 0;
        for (ShardTier shard : shards) {
            for (TieredFile file : shard.openFiles()) {
                if (file.object() != null) {
                    objects++;
                    objectBytes += file.bytes();
                    localBytes += file.isCopied() ? file.bytes() : 0;
                } else if (file.bytes() >= config.objectBytesMin()) {
                    waiting++;
                    waitingBytes += file.bytes();
                }
            }
            unneeded += shard.objects().unneeded().size();
        }
        Snapshots made = snapshots;
        return new TierUsage(
                objects,
                objectBytes,
                localBytes,
                waiting,
                waitingBytes,
                unneeded,
                outage.millis(),
                made == null ? -1 : made.ageSeconds());
    }

    /** Ends the work that is running, and closes the object store. */
    @Override
    public void close() {
        closed = true;
        store.close();
    }
}
