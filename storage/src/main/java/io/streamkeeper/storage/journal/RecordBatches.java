package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageBusyException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import io.streamkeeper.storage.record.RecordCodec;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes records into blocks, and divides them into batches: records that were staged one after the other, in one turn
 * of the loop, into one block. The log is written from this memory and readers take slices of it, so a payload is copied at most once. Owned
 * by the shard's loop.
 *
 * <p>A record is written completely or not: if copying fails, the record is removed from the batch, because half of a
 * record would make the whole batch, and the log after it, unreadable.
 */
public final class RecordBatches {
    /**
     * A batch that has ended.
     *
     * @param memory contains it; the receiver releases it once
     * @param start where the room for its header begins
     * @param length the bytes of header and records
     * @param count the number of records
     * @param firstLsn the lsn of the first one
     * @param makesRoom whether each record deletes, trims or releases
     * @param forks whether a record creates a fork
     */
    public record Batch(
            ByteBuf memory, int start, int length, int count, long firstLsn, boolean makesRoom, boolean forks) {}

    /** Takes the batches. */
    public interface Sink {
        /** A batch has ended. */
        void submit(Batch batch);
    }

    private final MemoryBudget memory;
    private final RecordBlocks blocks;
    private final int headerBytes;
    private final int alignment;
    private final Executor loop;
    private final Sink sink;
    private boolean endsLater;

    private @Nullable Block block;
    private int start;
    private int count;
    private long firstLsn;
    private boolean makesRoom;
    private boolean forks;

    /** Whether the record that is being added makes room; such a record finds memory even if it is full. */
    private boolean addsRoom;

    private @Nullable Obstacle checkpointObstacle;

    /**
     * No batch at first.
     *
     * @param memory bounds the blocks
     * @param headerBytes the room before the records of a batch
     * @param alignment batches begin and end at multiples of it, a power of two
     * @param loop runs what ends a batch at the end of its turn
     */
    public RecordBatches(MemoryBudget memory, int headerBytes, int alignment, Executor loop, Sink sink) {
        this.memory = memory;
        this.blocks = new RecordBlocks(memory, this::allocate);
        this.headerBytes = headerBytes;
        this.alignment = alignment;
        this.loop = loop;
        this.sink = sink;
    }

    private ByteBuf allocate(int bytes) {
        try {
            return addsRoom ? memory.allocateToMakeRoom(bytes) : memory.allocate(bytes);
        } catch (StorageFullException e) {
            if (checkpointObstacle != null && checkpointObstacle.isDiskFull()) {
                throw new StorageFullException(fullDisk(checkpointObstacle));
            }
            throw new StorageBusyException("writes arrive faster than the disk stores them: " + memory.usedBytes()
                    + " bytes wait for a checkpoint; try again later");
        }
    }

    /** The refusal of a write for which a disk has no space. */
    public static String fullDisk(Obstacle met) {
        return "the disk is full (" + met.reason() + "); delete streams or make room, and try again";
    }

    /** See {@link Journal#checkpointObstacle}. */
    public void checkpointObstacle(@Nullable Obstacle met) {
        checkpointObstacle = met;
    }

    /**
     * A record in its batch.
     *
     * @param block the block that contains it
     * @param payload the position of its payload in the block
     * @param bytes the length of the record
     */
    public record Added(Block block, int payload, int bytes) {}

    /**
     * Adds a record to the open batch, or to a new one if the record is in another block.
     *
     * @throws StorageBusyException if too many bytes wait for a checkpoint
     * @throws StorageFullException if no checkpoint is possible because the disk is full
     */
    public Added add(LogRecord record, Payload payload, long lsn) {
        addsRoom = record.makesRoom();
        int headBytes = RecordCodec.bytesMax(record, payload.runs()) - payload.storedBytes();
        Block room = blocks.blockFor(payload, headerBytes + headBytes, alignment);
        endLater();
        begin(room, lsn);
        ByteBuf out = room.memory();
        int recordStart = out.writerIndex();
        int position;
        try {
            RecordCodec.begin(out, record, payload.runs());
            position = out.writerIndex();
            blocks.write(payload, room);
            RecordCodec.finish(out, recordStart);
        } catch (RuntimeException | Error e) {
            out.writerIndex(recordStart);
            throw e;
        }
        count++;
        makesRoom &= addsRoom;
        forks |= record instanceof LogRecord.Created created && created.fork() != null;
        return new Added(room, position, out.writerIndex() - recordStart);
    }

    @SuppressWarnings("ReferenceEquality")
    private void begin(Block room, long lsn) {
        if (block == room) {
            return;
        }
        end();
        align(room.memory());
        start = room.memory().writerIndex();
        room.memory().writeZero(headerBytes).retain();
        block = room;
        count = 0;
        makesRoom = true;
        forks = false;
        firstLsn = lsn;
    }

    private void endLater() {
        if (!endsLater) {
            loop.execute(() -> {
                endsLater = false;
                end();
            });
            endsLater = true;
        }
    }

    private void align(ByteBuf bytes) {
        bytes.writeZero(-bytes.writerIndex() & (alignment - 1));
    }

    /** Ends the open batch, if there is one: passes it on, unless it has no record. */
    public void end() {
        Block ended = block;
        if (ended == null) {
            return;
        }
        block = null;
        ByteBuf memory = ended.memory();
        if (count == 0) {
            memory.writerIndex(start).release();
            return;
        }
        int length = memory.writerIndex() - start;
        align(memory);
        sink.submit(new Batch(memory, start, length, count, firstLsn, makesRoom, forks));
    }

    /** Drops the open batch: its records are not passed on. */
    public void drop() {
        Block dropped = block;
        if (dropped != null) {
            dropped.memory().release();
            block = null;
        }
    }

    /** Releases the blocks; an open batch was ended or dropped before. */
    public void close() {
        blocks.close();
    }
}
