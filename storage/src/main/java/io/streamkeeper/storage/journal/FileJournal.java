package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.journal.LogWriter.Frame;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RecordCodec;
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
 *
 * <p>A record is staged completely or not: if copying fails, the record is removed from the frame, because half of a
 * record would make the whole frame, and the log after it, unreadable.
 */
final class FileJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);

    private final MemoryBudget memory;
    private final RecordBlocks blocks;
    private final Segments segments;
    private final LogWriter writer;
    private final Executor loop;
    private final Executor thread;
    private final Executor background;
    private Listener listener = Listener.NONE;

    private long lastLsn;
    private long durableLsn;
    private long stagedBytes;
    private long epoch;
    private boolean flushes;
    private volatile boolean closed;
    private @Nullable StorageFailedException failure;
    private @Nullable Obstacle obstacle;
    private @Nullable Obstacle checkpointObstacle;

    private final FromWriter fromWriter = new FromWriter();
    private final boolean syncs;
    private long syncedLsn;
    private boolean syncing;
    private List<Synced> unsynced = new ArrayList<>();

    /** The waiters of the sync that is running. */
    private List<Synced> underSync = List.of();

    private @Nullable Block frameBlock;
    private int frameStart;
    private int frameCount;
    private long frameFirstLsn;
    private boolean frameMakesRoom;

    /**
     * Whether the record that is being staged deletes, trims or releases; such a record finds room even if the memory or
     * the disk is full.
     */
    private boolean makesRoom;

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
        this.blocks = new RecordBlocks(memory, this::allocate);
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

    private ByteBuf allocate(int bytes) {
        try {
            return makesRoom ? memory.allocateToMakeRoom(bytes) : memory.allocate(bytes);
        } catch (StorageFullException e) {
            if (checkpointObstacle != null && checkpointObstacle.isDiskFull()) {
                throw new StorageFullException(fullDisk(checkpointObstacle));
            }
            throw new StorageBusyException("writes arrive faster than the disk stores them: " + memory.usedBytes()
                    + " bytes wait for a checkpoint; try again later");
        }
    }

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
        makesRoom = record.makesRoom();
        int headBytes = RecordCodec.bytesMax(record, payload.runs()) - payload.storedBytes();
        Block block = blocks.blockFor(payload, FrameLayout.HEADER_BYTES + headBytes, FrameLayout.ALIGNMENT);
        flushLater();
        beginFrame(block);
        ByteBuf out = block.memory();
        int start = out.writerIndex();
        Staged staged;
        try {
            RecordCodec.begin(out, record, payload.runs());
            int position = out.writerIndex();
            blocks.write(payload, block);
            RecordCodec.finish(out, start);
            staged = new Staged(epoch, lastLsn + 1, block, position);
        } catch (RuntimeException | Error e) {
            out.writerIndex(start);
            throw e;
        }
        lastLsn++;
        frameCount++;
        frameMakesRoom &= makesRoom;
        stagedBytes += out.writerIndex() - start;
        return staged;
    }

    private void flushLater() {
        if (!flushes) {
            loop.execute(this::flush);
            flushes = true;
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void beginFrame(Block block) {
        if (frameBlock == block) {
            return;
        }
        submitFrame();
        align(block.memory());
        int start = block.memory().writerIndex();
        block.memory().writeZero(FrameLayout.HEADER_BYTES).retain();
        frameBlock = block;
        frameStart = start;
        frameCount = 0;
        frameMakesRoom = true;
        frameFirstLsn = lastLsn + 1;
    }

    private static void align(ByteBuf bytes) {
        bytes.writeZero(FrameLayout.paddedBytes(bytes.writerIndex()) - bytes.writerIndex());
    }

    @Override
    public void endBatch() {
        submitFrame();
    }

    /** Ends a turn: submits the records that were staged in it. */
    private void flush() {
        flushes = false;
        submitFrame();
    }

    private void submitFrame() {
        Block block = frameBlock;
        if (block == null) {
            return;
        }
        frameBlock = null;
        if (frameCount == 0) {
            block.memory().writerIndex(frameStart).release();
            return;
        }
        try {
            int length = block.memory().writerIndex() - frameStart;
            align(block.memory());
            writer.submit(
                    new Frame(block.memory(), frameStart, length, frameCount, frameFirstLsn, epoch, frameMakesRoom));
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
        if (frameBlock != null) {
            frameBlock.memory().release();
            frameBlock = null;
        }
        listener.refused(firstLsn, refusal(met));
    }

    private static Refusal refusal(Obstacle met) {
        return met.isDiskFull()
                ? Refusal.of(ErrorCode.STORAGE_FULL, fullDisk(met))
                : Refusal.of(
                        ErrorCode.OVERLOADED,
                        "the store cannot write for now (" + met.reason() + "); nothing was taken, try again later");
    }

    private static String fullDisk(Obstacle met) {
        return "the disk is full (" + met.reason() + "); delete streams or make room, and try again";
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
        checkpointObstacle = met;
    }

    /** Submits the staged records; the last task of the journal's thread writes them and closes the files. */
    @Override
    public void close() {
        closed = true;
        submitFrame();
        blocks.close();
        thread.execute(() -> {
            try {
                writer.close();
            } catch (IOException e) {
                LOG.warn("the journal's files cannot be closed: {}", e.getMessage());
            }
        });
    }
}
