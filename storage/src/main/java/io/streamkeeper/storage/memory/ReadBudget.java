package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The memory for what readers hold, of all shards together. Safe for use by any thread. There are two bounds:
 *
 * <ul>
 *   <li>Bytes that are read from files, and copies: counted from before the read begins until they have left for the
 *       client. Each answer has a {@link ReadShare} of it, so that it always gets on. Only the upper quarter is for
 *       windows that are larger than a share, and the less is left of it, the smaller they are.
 *   <li>Blocks of memory that slices keep. Where too many are kept, bytes are copied instead: readers that do not take
 *       theirs must not keep the memory that writers need.
 * </ul>
 */
public final class ReadBudget {
    /** Small copies, which are not counted, and those of a server that has no files. */
    private static final int UNCOUNTED_BYTES_MAX = 16 << 10;

    /** Counts nothing. */
    public static final ReadBudget NONE = new ReadBudget(0);

    /** One part in so many is for windows that are larger than a share. */
    private static final int LARGE_WINDOWS_PART = 4;

    /** How much of what is left one reader gets. */
    private static final int READER_PART = 8;

    private final Budget budget;
    private final Budget pins;
    private final BudgetedBuffers buffers;

    /** At most {@code bytesMax} bytes of each at a time. */
    public ReadBudget(long bytesMax) {
        this(new Budget("reads", bytesMax), bytesMax);
    }

    /** The reads of {@code budget}; {@code pinnedBytesMax} bytes of blocks may be kept by slices. */
    public ReadBudget(Budget budget, long pinnedBytesMax) {
        this.budget = budget;
        this.pins = new Budget("blocks that readers keep", pinnedBytesMax);
        this.buffers = new BudgetedBuffers(budget);
    }

    /** Bytes that readers hold, and those that they may hold at any time. */
    public long usedBytes() {
        return budget.usedBytes();
    }

    /** Bytes of blocks that readers keep; a block that several keep is counted several times. */
    public long pinnedBytes() {
        return pins.usedBytes();
    }

    /** Whether nothing is counted, as there is nothing but memory. */
    public boolean isUncounted() {
        return budget.bytesMax() == 0;
    }

    /** Room for an answer, or null where answers that were admitted before have it all. */
    public @Nullable ReadShare admit() {
        if (isUncounted()) {
            return new ReadShare(this, null);
        }
        Reservation standing = budget.reserve(ReadShare.BYTES);
        return standing == null ? null : new ReadShare(this, standing);
    }

    /** How much of {@code bytes} a read may ask for now beside its share; {@link ReadShare#BYTES} or less: nothing. */
    public int window(int bytes) {
        long left = budget.leftBytes() - budget.bytesMax() / LARGE_WINDOWS_PART * (LARGE_WINDOWS_PART - 1);
        return (int) Math.min(bytes, Math.max(ReadShare.BYTES, left / READER_PART));
    }

    /** How much of {@code bytes} a read that has no share may ask for now. */
    public int windowWithoutShare(int bytes) {
        return (int) Math.min(bytes, Math.max(ReadShare.BYTES, budget.leftBytes() / READER_PART));
    }

    /**
     * The permission to read {@code bytes} from files, or null until readers have taken theirs. A single read that is
     * larger than the whole budget is permitted while there is no other, because it could never be otherwise.
     */
    @Nullable
    public Reservation reserve(long bytes) {
        Reservation reservation = budget.reserve(bytes);
        return reservation == null && bytes > budget.bytesMax() ? budget.reserveAlone(bytes) : reservation;
    }

    /** The permission to keep {@code bytes} of blocks, or null where the bytes are to be copied. */
    @Nullable
    public Reservation pin(long bytes) {
        return bytes > pins.leftBytes() / 2 ? null : pins.reserve(bytes);
    }

    /** A buffer for a copy of what is in memory, owned by the caller, or null where there is no room. */
    @Nullable
    public ByteBuf tryAllocate(int bytes) {
        return bytes <= UNCOUNTED_BYTES_MAX || isUncounted()
                ? ByteBufAllocator.DEFAULT.buffer(bytes, bytes)
                : buffers.tryAllocate(bytes);
    }

    /** A buffer, owned by the caller, of what was reserved. */
    ByteBuf allocate(Reservation reservation, int bytes) {
        return buffers.allocate(reservation, bytes);
    }

    /** A buffer, owned by the caller, of what an answer has, or of any memory where nothing is counted. */
    ByteBuf lend(@Nullable Reservation standing, int bytes) {
        return standing == null ? ByteBufAllocator.DEFAULT.buffer(bytes, bytes) : buffers.lend(standing, bytes);
    }
}
