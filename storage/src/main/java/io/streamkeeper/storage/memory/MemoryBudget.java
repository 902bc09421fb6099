package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.disk.StorageFullException;
import org.jspecify.annotations.Nullable;

/**
 * The memory of blocks, with its bound: each block is reserved before it is allocated, and its bytes are returned when
 * its last slice is released. Safe for use by any thread.
 */
public final class MemoryBudget {
    private final Budget budget;
    private final BudgetedBuffers blocks;

    /** At most {@code bytesMax} bytes of blocks at a time. */
    public MemoryBudget(long bytesMax) {
        this(new Budget("streams", bytesMax));
    }

    /** The blocks of {@code budget}. */
    public MemoryBudget(Budget budget) {
        this.budget = budget;
        this.blocks = new BudgetedBuffers(budget);
    }

    /** Whether less than an eighth would be left after {@code bytes} are allocated. */
    public boolean isShort(int bytes) {
        return budget.leftBytes() < bytes + budget.bytesMax() / 8;
    }

    /** Bytes of all blocks that a journal, a stream or a reader still holds. */
    public long usedBytes() {
        return budget.usedBytes();
    }

    /**
     * A new block, owned by the caller.
     *
     * @throws StorageFullException if it does not fit
     */
    public ByteBuf allocate(int bytes) {
        return orFull(blocks.tryAllocate(bytes));
    }

    /**
     * A new block, owned by the caller, for work that makes room: unlike other blocks, this one may pass the bound,
     * because full memory could not be emptied otherwise.
     *
     * @throws StorageFullException if the bound is already passed
     */
    public ByteBuf allocateToMakeRoom(int bytes) {
        return orFull(budget.tryReserveToMakeRoom(bytes) ? blocks.allocateReserved(bytes) : null);
    }

    /** A new block, owned by the caller, for data that is already on the disk and must be loaded. */
    public ByteBuf allocateRecovered(int bytes) {
        budget.reserveAlways(bytes);
        return blocks.allocateReserved(bytes);
    }

    /**
     * Counts the memory that contains {@code count} bytes of {@code bytes} from {@code index} on as a block's, so that
     * they need not be copied. Returns false and changes nothing if they are to be copied.
     */
    public boolean tryTakeOver(GatheredBytes bytes, int index, int count) {
        return bytes.countIn(blocks, index, count);
    }

    private ByteBuf orFull(@Nullable ByteBuf block) {
        if (block == null) {
            throw new StorageFullException("the memory for streams is full: " + usedBytes() + " of "
                    + budget.bytesMax()
                    + " bytes are in use; delete streams, or start the server with a larger --max-memory");
        }
        return block;
    }
}
