package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Memory that contains runs of many streams. Its bytes are written once, sequentially, and freed with the last slice of
 * them. The count of its live bytes belongs to the shard's loop; slices may be read and released by any thread.
 */
public final class Block extends Place {
    /** A block without room. */
    public static final Block NONE = new Block(Unpooled.EMPTY_BUFFER);

    /** A block is worth emptying if less than one part in this number is live. */
    private static final int SPARSE_FRACTION = 4;

    private final ByteBuf memory;
    private boolean full;
    private boolean candidate;

    /** Takes ownership of {@code memory}. */
    public Block(ByteBuf memory) {
        this.memory = memory;
    }

    /** The bytes; the code that fills the block writes at the writer index. */
    public ByteBuf memory() {
        return memory;
    }

    @Override
    public void enter(int bytes) {
        super.enter(bytes);
        memory.retain();
    }

    @Override
    public void leave(int bytes) {
        super.leave(bytes);
        memory.release();
    }

    /** Ends the writing: the block is full, and the writer's reference is released. */
    public void finish() {
        if (!full) {
            full = true;
            memory.release();
        }
    }

    public boolean isFull() {
        return full;
    }

    /**
     * Makes the block a candidate for compaction if it is sparse, or if it is empty and still being written, because
     * little may be added. Returns false if it does not qualify, or is a candidate already.
     */
    public boolean beginCandidacy() {
        boolean begins = !candidate && (isSparse() || (liveBytes() == 0 && !full));
        candidate |= begins;
        return begins;
    }

    /** Ends the candidacy; returns whether the block is still worth emptying. */
    public boolean endCandidacy() {
        candidate = false;
        return isSparse();
    }

    /** Whether only a few live bytes keep the whole block in memory. */
    private boolean isSparse() {
        return liveBytes() > 0 && liveBytes() < memory.capacity() / SPARSE_FRACTION;
    }
}
