package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A journal that submits copies of the records of each turn to a log of the tests, which says what becomes of them.
 * Belongs to the loop of its shard.
 */
abstract class SubmittingJournal implements Journal {
    /** A record on its way: its bytes are a copy. */
    record Entry(long epoch, long lsn, ByteBuf bytes) {}

    final MemoryBudget memory;
    private final RecordBlocks blocks;
    private final Executor loop;
    private final List<Entry> batch = new ArrayList<>();
    Listener listener = Listener.NONE;
    long ownEpoch;
    long lastLsn;
    long durableLsn;
    long stagedBytes;
    boolean leads;
    boolean closed;

    @Nullable
    StorageFailedException failure;

    @Nullable
    Obstacle obstacle;

    private boolean makesRoom;
    private boolean flushes;

    SubmittingJournal(MemoryBudget memory, Executor loop, long epoch, long lastLsn, boolean leads) {
        this.memory = memory;
        this.blocks = new RecordBlocks(memory, this::allocate);
        this.loop = loop;
        this.ownEpoch = epoch;
        this.lastLsn = lastLsn;
        this.durableLsn = lastLsn;
        this.leads = leads;
    }

    private ByteBuf allocate(int bytes) {
        try {
            return makesRoom ? memory.allocateToMakeRoom(bytes) : memory.allocate(bytes);
        } catch (StorageFullException e) {
            throw new StorageBusyException("too much waits for a checkpoint");
        }
    }

    /** Takes the records of a turn. */
    abstract void submit(List<Entry> records);

    /** A record is to be staged without a leader. */
    abstract void refusedWithoutLeader();

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
    }

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        if (failure != null) {
            throw failure;
        }
        if (!leads) {
            refusedWithoutLeader();
            throw new StorageBusyException("the log has no leader; try again later");
        }
        makesRoom = record instanceof LogRecord.Deleted || record instanceof LogRecord.Trimmed;
        int headBytes = RecordCodec.bytesMax(record, payload.runs()) - payload.storedBytes();
        Block block = blocks.blockFor(payload, headBytes, 0);
        flushLater();
        ByteBuf out = block.memory();
        int start = out.writerIndex();
        RecordCodec.begin(out, record, payload.runs());
        int position = out.writerIndex();
        blocks.write(payload, block);
        RecordCodec.finish(out, start);
        lastLsn++;
        stagedBytes += out.writerIndex() - start;
        ByteBuf copy = Unpooled.buffer(out.writerIndex() - start);
        copy.writeBytes(out, start, out.writerIndex() - start);
        batch.add(new Entry(ownEpoch, lastLsn, copy));
        return new Staged(ownEpoch, lastLsn, block, position);
    }

    private void flushLater() {
        if (!flushes) {
            loop.execute(() -> {
                flushes = false;
                endBatch();
            });
            flushes = true;
        }
    }

    @Override
    public void endBatch() {
        if (!batch.isEmpty()) {
            List<Entry> records = List.copyOf(batch);
            batch.clear();
            submit(records);
        }
    }

    @Override
    public boolean isPressed(int bytes) {
        return failure == null && memory.isShort(bytes);
    }

    @Override
    public long epoch() {
        return ownEpoch;
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

    @Override
    public void fail(StorageFailedException reason) {
        if (failure == null) {
            failure = reason;
            listener.failed(reason);
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
    public void whenSynced(long lsn, Synced then) {
        if (lsn > durableLsn) {
            throw new AssertionError("record " + lsn + " is not durable, the last that is is " + durableLsn);
        }
        then.synced();
    }

    @Override
    public ReplayStart replayStart(long lsn) {
        return new ReplayStart(lsn, lsn + 1);
    }

    @Override
    public void checkpointObstacle(@Nullable Obstacle met) {
        // What it refuses, it refuses by the seed.
    }

    @Override
    public void close() {
        blocks.close();
        endBatch();
        closed = true;
    }

    /** Runs {@code task} on the loop, unless the journal has ended by then. */
    void onLoop(Runnable task) {
        loop.execute(() -> {
            if (!closed && failure == null) {
                task.run();
            }
        });
    }

    void onDurable(long lsn) {
        durableLsn = lsn;
        obstacle = null;
        listener.durable(lsn);
    }

    /** The epoch ends; if {@code reuses}, the next record has {@code firstLsn} again. */
    void endEpoch(long firstLsn, boolean reuses) {
        ownEpoch++;
        batch.clear();
        if (reuses) {
            lastLsn = firstLsn - 1;
        }
    }
}
