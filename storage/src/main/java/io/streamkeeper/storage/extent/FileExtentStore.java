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
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extent files of one shard, and the schedule of the jobs that write them: a {@link Checkpoint} writes the runs in
 * the journal's blocks, and a {@link Compaction} merges several files into one. One job runs at a time; a checkpoint
 * has priority, because writes wait for it: a compaction pauses between two of its steps while a checkpoint runs. Owned
 * by the shard's loop; files are written and read by other threads.
 *
 * <p>Why nothing is lost here: a file counts when a manifest that names it is durable, and until then the journal keeps
 * its runs. A job that fails leaves the manifest, the journal and the memory as they were.
 */
public final class FileExtentStore implements ExtentStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileExtentStore.class);

    /** The interval of reports about abandoned jobs, while no job succeeds. */
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How long a read from another machine may wait until others have ended. */
    private static final long REMOTE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How many reads from another machine may wait, so that they do not take the memory of all reads. */
    private static final int REMOTE_READS_MAX = 256;

    private final ExtentCatalog catalog;
    private final DirtyStreams dirty;
    private final DiskRoom room;
    private final DroppedStreams dropped;
    private final Journal journal;
    private final ShardThreads threads;
    private final Clock clock;
    private final long checkpointBytes;
    private final long compactedBytesMax;
    private final CompactionPolicy policy;
    private final RequestedJobs requested = new RequestedJobs();
    private final RetryPause checkpointPause;
    private final RetryPause compactionPause;

    private @Nullable ExtentJob job;
    private @Nullable Compaction paused;
    private Listener listener = Listener.NONE;
    private boolean forgets;
    private ShardFigures figures = ShardFigures.NONE;
    private boolean pressed;
    private boolean pressedForHeap;

    /** Whether a stream was dropped of which no file says so yet. */
    private boolean hasDroppedDirty;

    /** Whether the last job was a checkpoint that was due only because a record or a command was refused. */
    private boolean yielded;

    private boolean makesRoomFirst;

    /** Whether the last checkpoint has failed because the disk is full, and no stream was dropped since. */
    private boolean stuck;

    private boolean reportsAbandoned = true;
    private long abandonedNanos;

    private int checkpoints;
    private int compactions;
    private boolean stopped;
    private boolean damaged;
    private volatile boolean closed;

    /** Reads that wait for a thread which reads from another machine. */
    private final AtomicInteger remoteReads = new AtomicInteger();

    /** Replaces the manifest of the shard. */
    public interface ManifestWriter {
        /**
         * Makes {@code manifest} the current one, durably.
         *
         * @throws IOException if the previous one is still current, unless {@link Manifest#isUncertain} says otherwise
         */
        void write(Manifest manifest) throws IOException;
    }

    /**
     * A store of the files that recovery has found.
     *
     * @param files the storage of the extent files
     * @param manifests makes another manifest the current one
     * @param manifest the current one
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
        this.catalog = new ExtentCatalog(files, manifests, manifest, found, threads.background());
        this.dirty = new DirtyStreams(journal, config, clock, manifest.shard());
        this.room = new DiskRoom(reserve, this::inBackground, clock);
        this.dropped = new DroppedStreams(catalog, this::onLoop, this::forgotten);
        this.journal = journal;
        this.checkpointBytes = config.checkpointBytes();
        this.compactedBytesMax = config.compactedBytesMax();
        this.policy = new CompactionPolicy(compactedBytesMax);
        this.threads = threads;
        this.clock = clock;
        this.checkpointPause = new RetryPause(clock);
        this.compactionPause = new RetryPause(clock);
    }

    /**
     * Adds the streams that recovery has found only in the journal; their runs take {@code bytes} of memory.
     *
     * @param newestMillis the time of the newest append that was found
     */
    public void recovered(List<StreamState> streams, long bytes, long highestGeneration, long newestMillis) {
        catalog.used(highestGeneration);
        catalog.noteTime(newestMillis);
        dirty.recovered(streams, bytes);
    }

    // ---- what the shard reports ----

    @Override
    public void markDirty(StreamState stream) {
        dirty.add(stream);
        catalog.used(stream.generation());
        StreamContent content = stream.content();
        if (content.runCount() > 0 && content.place(content.runCount() - 1) instanceof Block block) {
            catalog.noteTime(block.newestMillis());
        }
    }

    @Override
    public void released(Place place) {
        // Extents count their live bytes themselves; a block is released with its last run.
        room.spaceCanBeFreed();
    }

    @Override
    public void dropped(StreamState stream) {
        Extent.forget(stream);
        room.spaceCanBeFreed();
        stuck = false;
        if (stream.isDescribed() && !stream.isDirty()) {
            // A checkpoint has included the deletion before it was published.
            dropped.add(stream);
        } else {
            hasDroppedDirty = true;
        }
    }

    @Override
    public void read(ColdRead read, ReadMemory memory, Received then) {
        try {
            if (read.isRemote()) {
                readRemote(read, memory, then);
            } else {
                threads.reads().execute(() -> readLocal(read, memory, then));
            }
        } catch (RuntimeException | Error e) {
            memory.close();
            read.release();
            then.failed(e);
        }
    }

    /** A file may have become remote since the read was planned: such a read must not keep the threads of others. */
    private void readLocal(ColdRead read, ReadMemory memory, Received then) {
        if (!read.isRemote()) {
            run(read, memory, then);
            return;
        }
        try {
            readRemote(read, memory, then);
        } catch (RuntimeException | Error e) {
            memory.close();
            read.release();
            onLoop(() -> then.failed(e), () -> {});
        }
    }

    /** A read that has waited for its turn for too long fails, so that each read ends within a stated time (I12). */
    private void readRemote(ColdRead read, ReadMemory memory, Received then) {
        if (remoteReads.incrementAndGet() > REMOTE_READS_MAX) {
            remoteReads.decrementAndGet();
            endUnread(read, memory, then, "too many reads wait for the object store");
            return;
        }
        long askedNanos = System.nanoTime();
        threads.remoteReads().execute(() -> {
            remoteReads.decrementAndGet();
            if (System.nanoTime() - askedNanos < REMOTE_WAIT_NANOS) {
                run(read, memory, then);
                return;
            }
            endUnread(read, memory, then, "other reads from the object store have taken too long");
        });
    }

    private void endUnread(ColdRead read, ReadMemory memory, Received then, String reason) {
        memory.close();
        read.release();
        ExtentUnavailableException unavailable = new ExtentUnavailableException(reason);
        onLoop(() -> then.failed(unavailable), () -> {});
    }

    /** A failed read, whatever the reason, affects nothing else: it has changed nothing. */
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

    /** Runs {@code task} on the loop, or, once the store is closed, {@code otherwise} instead. */
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
        } else if (!forgets && !stopped && journal.failure() == null) {
            begin();
        }
        if (job == null) {
            room.keepReserve();
        }
    }

    /** Executes {@code task} in the background, unless the store is closed first. */
    private void inBackground(Runnable task) {
        threads.background().execute(() -> {
            if (!closed) {
                task.run();
            }
        });
    }

    /** A record was refused: a checkpoint begins as soon as any stream is dirty, to make room. */
    @Override
    public void pressed() {
        pressed = true;
        Obstacle obstacle = journal.obstacle();
        if (obstacle != null && obstacle.isDiskFull()) {
            room.refused(obstacle);
        }
    }

    /** A pass follows as soon as possible, and a checkpoint before it if without one there is nothing to forget. */
    @Override
    public void pressedForHeap() {
        pressedForHeap = true;
    }

    @Override
    public boolean isStuck() {
        return stuck;
    }

    @Override
    public void checkpointNow(Runnable done) {
        requested.checkpoint(done);
    }

    @Override
    public void compactNow(Runnable done) {
        requested.compaction(catalog.nextFile(), done);
    }

    @Override
    public ExtentUsage usage() {
        long bytes = 0;
        long neededBytes = 0;
        for (Extent extent : catalog.extents()) {
            bytes += extent.file().bytes();
            neededBytes += extent.neededBytes();
        }
        return new ExtentUsage(catalog.extents().size(), bytes, neededBytes);
    }

    @Override
    public void observe(ShardFigures newFigures) {
        figures = newFigures;
    }

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    /** The runs of {@code stream} have moved to another file, or from memory to a file. */
    void moved(StreamState stream) {
        listener.moved(stream);
    }

    /** A file says that {@code stream} is dropped. */
    void describedAsDropped(StreamState stream) {
        dropped.add(stream);
    }

    /** No file has an entry of {@code stream}, which is dropped. */
    void forgotten(StreamState stream) {
        listener.forgotten(stream);
    }

    private void begin() {
        if (dropped.isDue(pressedForHeap)) {
            forgets = true;
            pressedForHeap = false;
            dropped.forget(() -> forgets = false);
            return;
        }
        // A compaction that has begun waits for checkpoints, but continues between them.
        boolean compacts = !compactionPause.lasts();
        boolean compactsFirst = compacts && (makesRoomFirst || (yielded && room.isEnough()));
        yielded = false;
        if (compactsFirst) {
            makesRoomFirst = false;
            if (beginCompaction()) {
                return;
            }
        }
        if (isCheckpointDue()) {
            if (!checkpointPause.lasts()) {
                beginCheckpoint();
            }
            return;
        }
        if (requested.wantsCheckpoint()) {
            requested.nothingToWrite();
        }
        if (compacts && !beginCompaction()) {
            requested.nothingToCompact();
        }
    }

    private void beginCheckpoint() {
        makesRoomFirst = false;
        checkpoints++;
        yielded = !dirty.isCheckpointDue(false);
        hasDroppedDirty = false;
        requested.checkpointBegins();
        start(new Checkpoint(this, checkpoints, dirty.take()));
    }

    /** If a checkpoint is due, begins it before the compaction continues; returns whether the compaction waits. */
    boolean isPaused(Compaction compaction) {
        if (!isCheckpointDue() || checkpointPause.lasts() || makesRoomFirst || journal.failure() != null) {
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
            start(new Compaction(this, compactions, inputs, room.isEnough() ? checkpointBytes : Compaction.TAKES_ALL));
        }
        return !inputs.isEmpty();
    }

    private List<Extent> pick() {
        List<Extent> extents = catalog.extents().stream()
                .filter(FileExtentStore::isCompactable)
                .toList();
        if (!room.isEnough()) {
            return policy.pickToMakeRoom(extents, Math.min(compactedBytesMax, room.bytes()));
        }
        List<Extent> due = policy.pick(extents);
        if (!due.isEmpty()) {
            return due;
        }
        List<Extent> wanted = extents.stream().filter(requested::concerns).toList();
        return policy.pickToMakeRoom(wanted, compactedBytesMax);
    }

    /**
     * Of a file on another machine only the index can be read without waiting. That suffices if streams use none of its
     * bytes: what remains are descriptions of dropped streams, of which two files may need each other's.
     */
    private static boolean isCompactable(Extent extent) {
        return !extent.file().isRemote() || extent.liveBytes() == 0;
    }

    private boolean isCheckpointDue() {
        boolean forgetsNothing = dropped.isEmpty() && hasDroppedDirty;
        return dirty.isCheckpointDue(pressed || (pressedForHeap && forgetsNothing) || requested.wantsCheckpoint());
    }

    /** The compaction would leave no room for a checkpoint, and has written nothing: smaller ones may begin. */
    void postponed(Compaction compaction, long usableBytes) {
        LOG.info(
                "shard {}: {} is postponed: the disk has {} bytes left",
                catalog.manifest().shard(),
                compaction,
                usableBytes);
        room.isOnly(usableBytes - checkpointBytes);
        job = null;
    }

    private void start(ExtentJob newJob) {
        job = newJob;
        newJob.start();
    }

    /** The job is done. */
    void finished(ExtentJob finishedJob, long bytes, long nanos) {
        if (finishedJob instanceof Checkpoint) {
            figures.checkpointed(bytes, nanos);
            requested.checkpointFinished();
        } else {
            figures.compacted(bytes, nanos);
        }
        reportsAbandoned = true;
        pressed = false;
        stuck = false;
        room.jobFinished();
        journal.checkpointObstacle(null);
        resume();
    }

    /**
     * The job has failed or cannot continue: the state is as before the job, which is tried again later.
     *
     * @param reason a fault of the disk, or of memory
     * @param obstacle the reason why the disk refused, or null
     */
    void abandon(ExtentJob failedJob, Throwable reason, @Nullable Obstacle obstacle) {
        boolean isCheckpoint = failedJob instanceof Checkpoint;
        figures.abandoned(isCheckpoint);
        reportAbandoned(failedJob, String.valueOf(reason.getMessage()));
        RetryPause pause = isCheckpoint ? checkpointPause : compactionPause;
        pause.begin();
        stopped = Manifest.isUncertain(reason);
        hasDroppedDirty |= isCheckpoint;
        if (isCheckpoint) {
            requested.checkpointAbandoned();
        }
        // Until its resources are released, it remains the store's job, so that closing the store releases them.
        failedJob.abandon();
        resume();
        if (stopped) {
            failShard(reason);
        } else if (obstacle != null) {
            if (isCheckpoint) {
                journal.checkpointObstacle(obstacle);
                stuck = obstacle.isDiskFull();
            }
            makesRoomFirst = isCheckpoint;
            if (obstacle.isDiskFull() && room.jobFailed(obstacle)) {
                onLoop(pause::end);
            }
        } else if (reason instanceof DamagedFileException) {
            LOG.error(
                    "shard {}: there are no more compactions until the server restarts",
                    catalog.manifest().shard(),
                    reason);
            damaged = true;
        }
    }

    private void failShard(Throwable reason) {
        LOG.error(
                "shard {} has failed: nothing more is acknowledged until the server restarts",
                catalog.manifest().shard(),
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
            LOG.warn("shard {}: {} was abandoned: {}", catalog.manifest().shard(), failedJob, reason);
            reportsAbandoned = false;
            abandonedNanos = now;
        } else {
            LOG.info("shard {}: {} was abandoned: {}", catalog.manifest().shard(), failedJob, reason);
        }
    }

    /**
     * Runs {@code work} in the background and {@code then} on the loop. A temporary failure abandons the job: an error
     * of the disk, or a lack of memory, while it writes files that no manifest names yet. Any other exception fails the
     * shard.
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
                        ? Obstacle.of(catalog::usableBytes, ExtentJob.STEP_BYTES_MAX, e)
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

    /** Closes and removes the files that an abandoned job has written. */
    void closeAndDiscard(@Nullable ExtentWriter writer, @Nullable Extent extent, long file) {
        catalog.close(writer, extent, file);
        if (!stopped) {
            catalog.discard(file);
        }
    }

    // ---- for the jobs ----

    Journal journal() {
        return journal;
    }

    ExtentCatalog catalog() {
        return catalog;
    }

    DirtyStreams dirty() {
        return dirty;
    }

    /**
     * Makes a manifest the current one, and then continues with {@code then}. First the records that it relies on are
     * made durable in the journal, whatever the durability mode: those that the descriptions include, and the deletions
     * of streams whose runs were dropped.
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
                    catalog.write(newManifest);
                    return newManifest;
                },
                committed -> {
                    catalog.written(committed, added);
                    then.run();
                });
    }

    /** Releases the part of the journal that the manifest does not need. */
    void releaseLog() {
        Manifest manifest = catalog.manifest();
        journal.release(new Journal.ReplayStart(manifest.checkpointLsn(), manifest.firstSegment(), manifest.applied()));
    }

    /** Whether the shard's loop has closed the store; work in the background then ends. */
    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        ExtentJob unfinished = job;
        ExtentJob waiting = paused;
        threads.background().execute(() -> {
            catalog.release();
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
