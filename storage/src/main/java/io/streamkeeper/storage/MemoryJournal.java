package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A journal that keeps payloads in memory blocks and no log: durability {@code memory}. A record is as durable as it
 * will be when it is staged. Owned by the shard's loop; a block is freed by whichever thread lets go of the last slice
 * of it.
 */
public final class MemoryJournal implements Journal {
    /** Bytes of a block that many payloads share. */
    static final int BLOCK_BYTES = 1 << 20;

    /** A payload of at least this size gets a block of its own, so that a shared block wastes at most a quarter. */
    static final int OWN_BLOCK_BYTES_MIN = BLOCK_BYTES / 4;

    private final MemoryBudget budget;
    private ByteBuf shared = Unpooled.EMPTY_BUFFER;
    private ByteBuf own = Unpooled.EMPTY_BUFFER;
    private long lsn;

    public MemoryJournal(MemoryBudget budget) {
        this.budget = budget;
    }

    @Override
    public void listen(Listener listener) {
        // Every record is durable before stage returns: there is nothing to tell later.
    }

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        int bytes = payload.storedBytes();
        ByteBuf block = blockFor(bytes);
        int position = block.writerIndex();
        if (bytes > 0) {
            payload.writeTo(block);
        }
        return new Staged(++lsn, block, position);
    }

    private ByteBuf blockFor(int bytes) {
        own.release();
        own = Unpooled.EMPTY_BUFFER;
        if (bytes >= OWN_BLOCK_BYTES_MIN) {
            own = budget.allocate(bytes);
            return own;
        }
        if (shared.writableBytes() < bytes) {
            ByteBuf next = budget.allocate(BLOCK_BYTES);
            shared.release();
            shared = next;
        }
        return shared;
    }

    @Override
    public long durableLsn() {
        return lsn;
    }

    @Override
    public void close() {
        shared.release();
        own.release();
        shared = Unpooled.EMPTY_BUFFER;
        own = Unpooled.EMPTY_BUFFER;
    }
}
