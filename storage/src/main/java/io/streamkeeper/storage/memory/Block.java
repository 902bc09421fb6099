package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Memory that runs of many streams lie in. Its bytes are written once, one after the other, and freed with the last
 * slice of them. The account of who lies in it belongs to the shard's loop; slices may be read and released by any
 * thread.
 */
public final class Block extends Place {
    /** A block without room. */
    public static final Block NONE = new Block(Unpooled.EMPTY_BUFFER);

    /** A block of which less than one part in so many is alive is worth emptying. */
    private static final int SPARSE_FRACTION = 4;

    private final ByteBuf memory;
    private boolean full;
    private boolean candidate;

    /** Takes {@code memory} over. */
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

    /** Nothing more is written into it: the writer releases it. */
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
     * Makes the block a candidate for compaction if it is sparse, or empty so far and still written: what comes may be
     * little. Returns false if it is not, or was one before.
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

    /** Whether most of the block is kept for a few bytes. */
    private boolean isSparse() {
        return liveBytes() > 0 && liveBytes() < memory.capacity() / SPARSE_FRACTION;
    }
}
