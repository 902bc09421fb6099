package io.streamkeeper.storage.journal;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.LogWriter.Frame;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in files. It writes records into frames within memory blocks. The log is written from this memory and
 * readers take slices of it, so a payload is copied at most once. Owned by the shard's loop; its {@link LogWriter} has
 * its own thread.
 *
 * <p>The records of one turn of the loop form one frame, which is submitted to the writer at the end of the turn. While
 * the writer syncs, more frames arrive, and the next sync covers all of them.
 */
final class FileJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);

    private final MemoryBudget memory;
    private final RecordBatches batches;
    private final Segments segments;
    private final LogWriter writer;
    private final Executor loop;
    private final Executor thread;
    private final Executor background;
    private Listener listener = Listener.NONE;

    private long lastLsn;
    private volatile long durableLsn;
    private long stagedBytes;
    private long epoch;
    private volatile boolean closed;
    private @Nullable StorageFailedException failure;
    private @Nullable Obstacle obstacle;

    private final FromWriter fromWriter = new FromWriter();
    private final boolean syncs;
    private long syncedLsn;
    private boolean syncing;
    private List<Synced> unsynced = new ArrayList<>();

    /** The waiters of the sync that is running. */
    private List<Synced> underSync = List.of();

    /**
     * A journal that continues a recovered log.
     *
     * @param memory bounds the records that are staged and not in extents yet
     * @param log the end of the recovered log
     * @param syncs whether a record is durable only when it is synced, or already when the kernel has it
     */
    FileJournal(
            MemoryBudget memory,
            Segments segments,
            UUID store,
            int shard,
            LogEnd log,
            boolean syncs,
            ShardThreads threads) {
        this.memory = memory;
        this.batches = new RecordBatches(
                memory, FrameLayout.HEADER_BYTES, FrameLayout.ALIGNMENT, threads.loop(), this::submitFrame);
        this.segments = segments;
        this.loop = threads.loop();
        this.thread = threads.journal();
        this.background = threads.background();
        this.lastLsn = log.lastLsn();
        this.durableLsn = log.lastLsn();
        this.syncedLsn = log.lastLsn();
        this.syncs = syncs;
        this.writer = new LogWriter(
                segments, store, shard, log.segment(), log.end(), log.lastLsn(), syncs, thread, fromWriter);
    }

    /**
     * The end of a log.
     *
     * @param segment the last segment that was begun, or 0
     * @param end the position at which its frames end
     * @param lastLsn the last log sequence number that anything refers to
     */
    record LogEnd(long segment, long end, long lastLsn) {}

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    @Override
    public boolean isPressed(int bytes) {
        return failure == null && memory.isShort(bytes);
    }

    @Override
    public long backlogBytes() {
        return memory.usedBytes();
    }

    // ---- staging ----

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        if (failure != null) {
            throw failure;
        }
        RecordBatches.Added added = batches.add(record, payload, lastLsn + 1);
        lastLsn++;
        stagedBytes += added.bytes();
        return new Staged(epoch, lastLsn, added.block(), added.payload());
    }

    @Override
    public void endBatch() {
        batches.end();
    }

    private void submitFrame(RecordBatches.Batch batch) {
        try {
            writer.submit(new Frame(
                    batch.memory(),
                    batch.start(),
                    batch.length(),
                    batch.count(),
                    batch.firstLsn(),
                    epoch,
                    batch.makesRoom()));
        } catch (RuntimeException | Error e) {
            // This answers all waiters, perhaps including the command that is being executed: the caller must not treat
            // the exception as a fault that is still to be answered.
            onFailed(e);
            throw Objects.requireNonNull(failure);
        }
    }

    // ---- what the writer reports ----

    /** Passes the reports of the writer to the loop. */
    private final class FromWriter implements LogWriter.Events {
        @Override
        public void durable(long lsn, int records, long bytes, long syncNanos) {
            onLoop(() -> {
                listener.committed(records, bytes, syncNanos);
                onDurable(lsn);
            });
        }

        @Override
        public void refused(long firstLsn, Obstacle met) {
            onLoop(() -> onRefused(firstLsn, met));
        }

        @Override
        public void failed(Throwable reason) {
            onLoop(() -> onFailed(reason));
        }

        /** Once the journal is closed, no caller waits for a report, and the loop may have ended. */
        private void onLoop(Runnable task) {
            if (!closed) {
                loop.execute(task);
            }
        }
    }

    /**
     * A frame that was being written when the journal failed may still become durable; its clients have already
     * received the response that its fate is not known.
     */
    private void onDurable(long lsn) {
        if (failure != null) {
            return;
        }
        durableLsn = lsn;
        obstacle = null;
        listener.durable(lsn);
    }

    private void onRefused(long firstLsn, Obstacle met) {
        epoch++;
        obstacle = met;
        batches.drop();
        listener.refused(firstLsn, refusal(met));
    }

    private static Refusal refusal(Obstacle met) {
        return met.isDiskFull()
                ? Refusal.of(ErrorCode.STORAGE_FULL, RecordBatches.fullDisk(met))
                : Refusal.of(
                        ErrorCode.OVERLOADED,
                        "the store cannot write for now (" + met.reason() + "); nothing was taken, try again later");
    }

    private void onFailed(Throwable reason) {
        LOG.error("the journal has failed: nothing more is acknowledged until the server restarts", reason);
        fail(new StorageFailedException(
                (reason instanceof IOException
                                ? "the disk has failed (" + reason.getMessage()
                                : "the journal has failed (" + reason)
                        + "); nothing more is acknowledged until the server restarts",
                reason));
    }

    @Override
    public void fail(StorageFailedException reason) {
        if (failure == null) {
            failure = reason;
            listener.failed(reason);
            List<Synced> waiting = new ArrayList<>(underSync);
            waiting.addAll(unsynced);
            underSync = List.of();
            unsynced = new ArrayList<>();
            waiting.forEach(waiter -> waiter.failed(reason));
        }
    }

    @Override
    public @Nullable StorageFailedException failure() {
        return failure;
    }

    @Override
    public @Nullable Obstacle obstacle() {
        return obstacle;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long lastLsn() {
        return lastLsn;
    }

    @Override
    public long durableLsn() {
        return durableLsn;
    }

    @Override
    public long stagedBytes() {
        return stagedBytes;
    }

    // ---- for other shards ----

    @Override
    public void whenSynced(long lsn, Synced then) {
        if (failure != null && !(syncs && lsn <= durableLsn)) {
            then.failed(failure);
            return;
        }
        if (syncs || lsn <= syncedLsn) {
            then.synced();
            return;
        }
        unsynced.add(then);
        if (!syncing) {
            syncForOthers();
        }
    }

    /**
     * Syncs the bytes that the kernel has, for all current waiters; waiters that arrive meanwhile wait for the next
     * sync. Any failure fails the journal, which reports it to the waiters.
     */
    private void syncForOthers() {
        syncing = true;
        underSync = unsynced;
        unsynced = new ArrayList<>();
        long lsn = durableLsn;
        try {
            thread.execute(() -> {
                try {
                    writer.syncWritten();
                } catch (IOException e) {
                    LOG.debug("the writer has reported that the sync failed", e);
                    return;
                }
                fromWriter.onLoop(() -> onSynced(lsn));
            });
        } catch (RuntimeException | Error e) {
            onFailed(e);
        }
    }

    private void onSynced(long lsn) {
        syncedLsn = lsn;
        List<Synced> synced = underSync;
        underSync = List.of();
        synced.forEach(Synced::synced);
        syncing = !unsynced.isEmpty();
        if (syncing) {
            syncForOthers();
        }
    }

    // ---- for the checkpoint ----

    @Override
    public ReplayStart replayStart(long lsn) {
        return new ReplayStart(lsn, segments.firstNeeded(lsn));
    }

    @Override
    public void release(ReplayStart start) {
        background.execute(() -> {
            try {
                segments.release(start.location());
            } catch (IOException e) {
                LOG.warn(
                        "journal segments before {} are not needed, but cannot be removed: {}",
                        start.location(),
                        e.getMessage());
            }
        });
    }

    @Override
    public void checkpointObstacle(@Nullable Obstacle met) {
        batches.checkpointObstacle(met);
    }

    /** Submits the staged records; the last task of the journal's thread writes them and closes the files. */
    @Override
    public void close() {
        closed = true;
        batches.end();
        batches.close();
        thread.execute(() -> {
            try {
                writer.close();
            } catch (IOException e) {
                LOG.warn("the journal's files cannot be closed: {}", e.getMessage());
            }
        });
    }
}
