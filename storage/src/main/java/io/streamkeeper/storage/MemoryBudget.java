package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/** The memory that the blocks of all shards share, with its bound. Safe for use by any thread. */
public final class MemoryBudget {
    private final UnpooledByteBufAllocator blocks = new UnpooledByteBufAllocator(true);
    private final long bytesMax;

    /** At most {@code bytesMax} bytes of blocks at a time. */
    public MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Bytes of all blocks that a journal, a stream or a reader still holds. */
    public long usedBytes() {
        return blocks.metric().usedDirectMemory();
    }

    /**
     * A new block, owned by the caller. Shards that ask at one moment may together pass the bound by a block each.
     *
     * @throws StorageFullException if it does not fit
     */
    ByteBuf allocate(int bytes) {
        return allocate(bytes, bytesMax - bytes);
    }

    /**
     * A new block, owned by the caller, for what makes room: unlike others it may pass the bound by itself, because a
     * full memory could not be emptied otherwise.
     *
     * @throws StorageFullException if the bound is passed already
     */
    ByteBuf allocateToMakeRoom(int bytes) {
        return allocate(bytes, bytesMax);
    }

    /** A new block, owned by the caller, for what is on the disk already and has to be taken. */
    ByteBuf allocateRecovered(int bytes) {
        return allocate(bytes, Long.MAX_VALUE);
    }

    private ByteBuf allocate(int bytes, long usedBytesMax) {
        if (usedBytes() > usedBytesMax) {
            throw new StorageFullException("the memory for streams is full: " + usedBytes() + " of " + bytesMax
                    + " bytes are in use; delete streams, or start the server with a larger --max-memory");
        }
        return blocks.directBuffer(bytes, bytes);
    }
}
