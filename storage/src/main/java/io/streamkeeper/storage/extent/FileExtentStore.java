package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardFigures;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extent files of one shard, and when they are written: by a {@link Checkpoint}, which brings what the journal's
 * blocks hold into a file, and by a {@link Compaction}, which makes one file of several. One of them at a time, and
 * checkpoints first, because writes wait for them: a compaction stands still from one of its steps to the next while a
 * checkpoint is made. Owned by the shard's loop; files are written and read by other threads.
 *
 * <p>Why nothing is lost here: a file counts from the moment in which a manifest that names it is durable, and until
 * then the journal keeps what is in it. A job that fails leaves the manifest, the journal and the memory as they were.
 */
public final class FileExtentStore implements ExtentStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileExtentStore.class);

    /** How long a job that failed is not tried again. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How often it is reported that jobs are abandoned, while none ends. */
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How long it takes at least from one attempt to make the reserve to the next. */
    private static final long RESERVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What one compaction writes at most. */
    private static final long COMPACTED_BYTES_MAX = 1L << 30;

    private final ExtentFiles files;
    private final ManifestWriter manifests;
    private final Journal journal;
    private final ExtentConfig config;
    private final ShardThreads threads;
    private final Clock clock;
    private final CompactionPolicy policy = new CompactionPolicy(COMPACTED_BYTES_MAX);
    private final TreeMap<Long, Extent> extents = new TreeMap<>();
    private final SpaceReserve reserve;

    private Manifest manifest;
    private List<StreamState> dirty = new ArrayList<>();
    private long lastGeneration;
    private long bytesAtCheckpoint;
    private long checkpointBytes;
    private long dirtySinceNanos;
    private long retryNanos;
    private boolean retries;
    private @Nullable ExtentJob job;
    private @Nullable Compaction paused;
    private long nextFile;
    private Consumer<StreamState> moved = stream -> {};
    private ShardFigures figures = ShardFigures.NONE;
    private boolean pressed;
    private boolean makesRoomFirst;

    /** The room on the full disk, or -1 while nothing was refused for want of it. */
    private long roomBytes = -1;

    /** Whether a stream was dropped, or data released, since the reserve was released last. */
    private boolean freesSpace;

    private boolean reportsAbandoned = true;
    private long abandonedNanos;

    private long reserveNanos;
    private int checkpoints;
    private int compactions;
    private boolean stopped;
    private boolean damaged;
    private volatile boolean closed;

    /** Replaces the manifest of the shard. */
    public interface ManifestWriter {
        /**
         * Makes {@code manifest} the one that counts, durably.
         *
         * @throws IOException if the one before still counts, unless {@link Manifest#isUncertain} says otherwise
         */
        void write(Manifest manifest) throws IOException;
    }

    /**
     * The files that recovery has found.
     *
     * @param files where the extent files are
     * @param manifests makes another manifest the one that counts
     * @param manifest the one that counts
     * @param found its extents, open
     */
    public FileExtentStore(
            ExtentFiles files,
            ManifestWriter manifests,
            Manifest manifest,
            Collection<Extent> found,
            Journal journal,
            ExtentConfig config,
            SpaceReserve reserve,
            ShardThreads threads,
            Clock clock) {
        this.files = files;
        this.manifests = manifests;
        this.manifest = manifest;
        this.journal = journal;
        this.config = config;
        this.threads = threads;
        this.clock = clock;
        this.reserve = reserve;
        this.lastGeneration = manifest.lastGeneration();
        this.nextFile = manifest.nextFile();
        this.checkpointBytes = staggered(config.checkpointBytes(), manifest.shard());
        found.forEach(extent -> extents.put(extent.file().number(), extent));
    }

    /** The first checkpoint comes earlier by another part in each shard, so that they do not come together. */
    private static long staggered(long bytes, int shard) {
        return bytes - bytes / 8 * (shard % 4);
    }

    /** Takes over what recovery has found in the journal only, which takes {@code bytes} of memory. */
    public void recovered(List<StreamState> streams, long bytes, long highestGeneration) {
        lastGeneration = Math.max(lastGeneration, highestGeneration);
        dirty.addAll(streams);
        dirtySinceNanos = clock.monotonicNanos();
        bytesAtCheckpoint = journal.stagedBytes() - bytes;
    }

    // ---- what the shard reports ----

    @Override
    public void markDirty(StreamState stream) {
        if (!stream.extents().isDirty()) {
            stream.extents().dirty(true);
            dirty.add(stream);
            if (dirty.size() == 1) {
                dirtySinceNanos = clock.monotonicNanos();
            }
        }
        lastGeneration = Math.max(lastGeneration, stream.generation());
    }

    @Override
    public void released(Place place) {
        // Extents count by themselves; blocks go when the last run has left.
        freesSpace = true;
    }

    @Override
    public void dropped(StreamState stream) {
        stream.extents().dropped();
        Extent.forget(stream);
        freesSpace = true;
    }

    @Override
    public void read(ColdRead read, ReadMemory memory, Received then) {
        try {
            threads.reads().execute(() -> run(read, memory, then));
        } catch (RuntimeException | Error e) {
            memory.close();
            read.release();
            then.failed(e);
        }
    }

    /** A read that fails, whatever the reason, fails by itself: it has changed nothing. */
    private void run(ColdRead read, ReadMemory memory, Received then) {
        ByteBuf bytes;
        try {
            bytes = read.run(memory);
        } catch (IOException | RuntimeException | Error e) {
            onLoop(() -> then.failed(e), () -> {});
            return;
        }
        onLoop(() -> then.bytes(bytes), bytes::release);
    }

    /** Runs {@code task} on the loop, or {@code otherwise} here if there is none any more. */
    private void onLoop(Runnable task, Runnable otherwise) {
        if (closed) {
            otherwise.run();
        } else {
            threads.loop().execute(() -> {
                if (closed) {
                    otherwise.run();
                } else {
                    task.run();
                }
            });
        }
    }

    // ---- jobs ----

    @Override
    public void step() {
        if (job != null) {
            job.step();
        } else if (!stopped && journal.failure() == null && !waitsToRetry()) {
            begin();
        }
        if (job == null && reserve.isWanted() && !reserve.isHeld()) {
            keepReserve();
        }
    }

    private void keepReserve() {
        long now = clock.monotonicNanos();
        if (now - reserveNanos >= 0) {
            reserveNanos = now + RESERVE_NANOS;
            threads.background().execute(() -> {
                if (!closed) {
                    reserve.keep();
                }
            });
        }
    }

    /** Releases the reserve for the job that failed for want of room, which is then tried again at once. */
    private void releaseReserve() {
        freesSpace = false;
        roomBytes = Math.max(0, roomBytes) + reserve.bytes();
        reserveNanos = clock.monotonicNanos() + RESERVE_NANOS;
        threads.background().execute(reserve::release);
        onLoop(() -> retries = false, () -> {});
    }

    private boolean waitsToRetry() {
        retries = retries && clock.monotonicNanos() - retryNanos < 0;
        return retries;
    }

    /** Something was refused: a checkpoint is made as soon as there is anything that it can make room with. */
    @Override
    public void pressed() {
        pressed = true;
        Obstacle obstacle = journal.obstacle();
        if (obstacle != null && obstacle.isDiskFull()) {
            roomBytes = Math.max(roomBytes, obstacle.usableBytes());
        }
    }

    @Override
    public void observe(ShardFigures newFigures) {
        figures = newFigures;
    }

    @Override
    public void onMoved(Consumer<StreamState> listener) {
        moved = listener;
    }

    /** The runs of {@code stream} are in another file, or in one at all. */
    void moved(StreamState stream) {
        moved.accept(stream);
    }

    private void begin() {
        boolean compactsFirst = makesRoomFirst;
        makesRoomFirst = false;
        if (compactsFirst && beginCompaction()) {
            return;
        }
        if (isCheckpointDue()) {
            beginCheckpoint();
        } else {
            beginCompaction();
        }
    }

    private void beginCheckpoint() {
        checkpoints++;
        start(new Checkpoint(this, checkpoints, takeDirty()));
    }

    /**
     * Where a checkpoint is due, lets it be made before the compaction continues; returns whether the compaction waits.
     */
    boolean isPaused(Compaction compaction) {
        if (!isCheckpointDue() || waitsToRetry() || makesRoomFirst || journal.failure() != null) {
            return false;
        }
        paused = compaction;
        beginCheckpoint();
        return true;
    }

    private void resume() {
        job = paused;
        Compaction compaction = paused;
        paused = null;
        if (compaction != null) {
            onLoop(compaction::resume);
        }
    }

    private boolean beginCompaction() {
        List<Extent> inputs = damaged ? List.of() : pick();
        if (!inputs.isEmpty()) {
            compactions++;
            start(new Compaction(this, compactions, inputs));
        }
        return !inputs.isEmpty();
    }

    private List<Extent> pick() {
        return roomBytes < 0
                ? policy.pick(extents.values())
                : policy.pickToMakeRoom(extents.values(), Math.min(COMPACTED_BYTES_MAX, roomBytes));
    }

    private boolean isCheckpointDue() {
        boolean enough = journal.stagedBytes() - bytesAtCheckpoint >= checkpointBytes;
        long waitedNanos = clock.monotonicNanos() - dirtySinceNanos;
        boolean old = waitedNanos >= TimeUnit.MILLISECONDS.toNanos(config.checkpointMillis());
        return !dirty.isEmpty() && (enough || old || pressed);
    }

    private List<StreamState> takeDirty() {
        List<StreamState> taken = dirty;
        dirty = new ArrayList<>();
        bytesAtCheckpoint = journal.stagedBytes();
        checkpointBytes = config.checkpointBytes();
        return taken;
    }

    private void start(ExtentJob newJob) {
        job = newJob;
        newJob.start();
    }

    /** The job is done. */
    void finished(ExtentJob finishedJob, long bytes, long nanos) {
        if (finishedJob instanceof Checkpoint) {
            figures.checkpointed(bytes, nanos);
        } else {
            figures.compacted(bytes, nanos);
        }
        reportsAbandoned = true;
        pressed = false;
        roomBytes = -1;
        journal.checkpointObstacle(null);
        resume();
    }

    /**
     * The job has failed, or cannot go on: all is as it was before, and it is tried again later.
     *
     * @param reason a fault of the disk, or of memory
     * @param obstacle what the disk refused, or null
     */
    void abandon(ExtentJob failedJob, Throwable reason, @Nullable Obstacle obstacle) {
        figures.abandoned(failedJob instanceof Checkpoint);
        reportAbandoned(failedJob, String.valueOf(reason.getMessage()));
        retryNanos = clock.monotonicNanos() + RETRY_NANOS;
        retries = true;
        stopped = Manifest.isUncertain(reason);
        // Until what it holds is handed over it is the store's job still, which is released when the store is closed.
        failedJob.abandon();
        resume();
        if (stopped) {
            failShard(reason);
        } else if (obstacle != null) {
            journal.checkpointObstacle(obstacle);
            makesRoomFirst = failedJob instanceof Checkpoint;
            if (obstacle.isDiskFull()) {
                roomBytes = obstacle.usableBytes();
                if (freesSpace && reserve.isHeld()) {
                    releaseReserve();
                }
            }
        } else if (reason instanceof DamagedFileException) {
            LOG.error("shard {}: there are no more compactions until the server restarts", manifest.shard(), reason);
            damaged = true;
        }
    }

    private void failShard(Throwable reason) {
        LOG.error(
                "shard {} has failed: nothing more is acknowledged until the server restarts",
                manifest.shard(),
                reason);
        journal.fail(new StorageFailedException(
                "the disk has failed (" + reason.getMessage()
                        + "); nothing more is acknowledged until the server restarts",
                reason));
    }

    /** A job that is tried again each second is reported each minute. */
    private void reportAbandoned(ExtentJob failedJob, String reason) {
        long now = clock.monotonicNanos();
        if (reportsAbandoned || now - abandonedNanos >= REPORT_NANOS) {
            LOG.warn("shard {}: {} was abandoned: {}", manifest.shard(), failedJob, reason);
            reportsAbandoned = false;
            abandonedNanos = now;
        } else {
            LOG.info("shard {}: {} was abandoned: {}", manifest.shard(), failedJob, reason);
        }
    }

    /**
     * Does {@code work} in the background and {@code then} on the loop. What passes abandons the job: a fault of the
     * disk, or of memory, while files are written that do not count yet. Anything else fails the shard.
     */
    <T> void inBackground(ExtentJob ofJob, Callable<T> work, Consumer<T> then) {
        threads.background().execute(() -> {
            if (closed) {
                return;
            }
            try {
                T done = work.call();
                onLoop(() -> then.accept(done), () -> {});
            } catch (IOException | OutOfMemoryError e) {
                Obstacle obstacle = e instanceof DiskException
                        ? Obstacle.of(files::usableBytes, ExtentJob.STEP_BYTES_MAX, e)
                        : null;
                onLoop(() -> abandon(ofJob, e, obstacle), () -> {});
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Continues a job in a later turn of the loop. */
    void onLoop(Runnable task) {
        onLoop(task, () -> {});
    }

    /** Removes what a job that was abandoned has written. */
    void closeAndDiscard(@Nullable ExtentWriter writer, @Nullable Extent extent, long file) {
        threads.background().execute(() -> {
            try {
                if (writer != null) {
                    writer.close();
                }
                if (extent != null) {
                    extent.file().release();
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be closed: {}", files.name(file), e.getMessage());
            }
        });
        if (!stopped) {
            discard(file);
        }
    }

    // ---- for the jobs ----

    Journal journal() {
        return journal;
    }

    Manifest manifest() {
        return manifest;
    }

    /** Streams of a checkpoint that came to nothing have changed still; what changed since stays in the list too. */
    void takeBack(List<StreamState> streams) {
        List<StreamState> all = new ArrayList<>(streams);
        all.addAll(dirty);
        dirty = new ArrayList<>();
        all.forEach(stream -> stream.extents().dirty(false));
        all.forEach(this::markDirty);
        bytesAtCheckpoint = journal.stagedBytes() - checkpointBytes;
    }

    /** Whether an extent is among those that count. */
    boolean holds(Extent extent) {
        return extents.containsKey(extent.file().number());
    }

    Collection<Extent> extents() {
        return extents.values();
    }

    /** The number of the next extent file. */
    long takeFile() {
        long taken = nextFile;
        nextFile++;
        return taken;
    }

    /** Begins an extent file; in the background. */
    ExtentWriter newFile(Manifest current, long file, long firstLsn) throws IOException {
        return new ExtentWriter(files, file, current.shard(), current.store(), firstLsn);
    }

    /** Completes an extent file, durably, and opens it for reading; in the background. */
    Extent finish(Manifest current, long number, ExtentWriter writer) throws IOException {
        writer.finish();
        writer.close();
        return new Extent(ExtentFile.open(files, number, current.shard(), current.store()));
    }

    /** Removes a file that no manifest names; in the background. */
    void discard(long file) {
        threads.background().execute(() -> {
            try {
                files.delete(file);
            } catch (IOException e) {
                LOG.warn("{} is not needed, but cannot be removed: {}", files.name(file), e.getMessage());
            }
        });
    }

    /** The manifest that comes next; on the loop. */
    Manifest next(Journal.ReplayStart start, Collection<Extent> removed, @Nullable Extent added) {
        Set<Long> gone = new HashSet<>();
        removed.forEach(extent -> gone.add(extent.file().number()));
        List<Manifest.ExtentRef> refs = new ArrayList<>();
        for (Extent extent : extents.values()) {
            if (!gone.contains(extent.file().number())) {
                refs.add(new Manifest.ExtentRef(
                        extent.file().number(), extent.file().bytes()));
            }
        }
        if (added != null) {
            refs.add(new Manifest.ExtentRef(added.file().number(), added.file().bytes()));
        }
        return new Manifest(
                manifest.store(), manifest.shard(), start.lsn(), start.location(), lastGeneration, nextFile, refs);
    }

    /**
     * Makes a manifest the one that counts, and then continues with {@code then}. What it does without must be durable
     * in the journal, in whatever mode that is: records that descriptions count in, deletions of streams whose runs
     * were dropped.
     */
    void commit(ExtentJob ofJob, Manifest newManifest, @Nullable Extent added, Runnable then) {
        if (journal.failure() != null) {
            abandon(ofJob, new IOException("the shard has failed"), null);
            return;
        }
        journal.whenSynced(journal.durableLsn(), new Journal.Synced() {
            @Override
            public void synced() {
                write(ofJob, newManifest, added, then);
            }

            @Override
            public void failed(StorageFailedException reason) {
                stopped = true;
            }
        });
    }

    private void write(ExtentJob ofJob, Manifest newManifest, @Nullable Extent added, Runnable then) {
        inBackground(
                ofJob,
                () -> {
                    try {
                        manifests.write(newManifest);
                    } catch (RuntimeException | Error e) {
                        throw new IllegalStateException("which manifest counts is not known", e);
                    }
                    return newManifest;
                },
                committed -> {
                    manifest = committed;
                    if (added != null) {
                        extents.put(added.file().number(), added);
                    }
                    then.run();
                });
    }

    /** Releases what the journal keeps and the manifest does without. */
    void releaseLog() {
        journal.release(new Journal.ReplayStart(manifest.checkpointLsn(), manifest.firstSegment()));
    }

    /** Releases files that the manifest does not name any more; nobody refers to them by now but reads under way. */
    void remove(Collection<Extent> removed) {
        for (Extent extent : removed) {
            threads.background().execute(() -> release(extent));
            extents.remove(extent.file().number());
            discard(extent.file().number());
        }
    }

    private static void release(Extent extent) {
        try {
            extent.file().release();
        } catch (IOException e) {
            LOG.warn("{} cannot be closed: {}", extent.file().name(), e.getMessage());
        }
    }

    /** Whether the shard's loop has released the store: what runs in the background ends. */
    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        ExtentJob unfinished = job;
        ExtentJob waiting = paused;
        threads.background().execute(() -> {
            extents.values().forEach(FileExtentStore::release);
            close(unfinished);
            close(waiting);
        });
    }

    private static void close(@Nullable ExtentJob unfinished) {
        try {
            if (unfinished != null) {
                unfinished.close();
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be closed: {}", unfinished, e.getMessage());
        }
    }
}
