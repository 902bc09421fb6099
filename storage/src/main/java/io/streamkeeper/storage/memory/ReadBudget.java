package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The memory that readers of all shards together may hold. Safe for use by any thread. There are two bounds:
 *
 * <ul>
 *   <li>Bytes that are read from files, and copies: counted from before the read begins until they are sent to the
 *       client. Each response has a {@link ReadShare}, so that it always makes progress. Only the upper quarter is for
 *       windows that are larger than a share; the less of it is left, the smaller they are.
 *   <li>Blocks of memory that slices keep. If too many are kept, bytes are copied instead: slow readers must not keep
 *       the memory that writers need.
 * </ul>
 */
public final class ReadBudget {
    /** Copies up to this size are not counted, nor are any copies of a server without files. */
    private static final int UNCOUNTED_BYTES_MAX = 16 << 10;

    /** Counts nothing. */
    public static final ReadBudget NONE = new ReadBudget(0);

    /** One part in this number is for windows that are larger than a share. */
    private static final int LARGE_WINDOWS_PART = 4;

    /** One reader gets at most one part in this number of the free bytes. */
    private static final int READER_PART = 8;

    /** The length of joined chunks of recent content: few pieces for each system call, and little waste at the edges. */
    private static final int CHUNK_BYTES = 64 << 10;

    /** The most bytes of chunks that one shard keeps. */
    private static final long CHUNKS_BYTES_MAX = 8 << 20;

    /** The chunks of all shards together use at most one part in this number. */
    private static final int CHUNKS_PART = 16;

    private final Budget budget;
    private final Budget pins;
    private final int chunkBytes;
    private final BudgetedBuffers buffers;

    /** At most {@code bytesMax} bytes of each of the two at a time. */
    public ReadBudget(long bytesMax) {
        this(new Budget("reads", bytesMax), bytesMax);
    }

    /** The reads of {@code budget}; {@code pinnedBytesMax} bytes of blocks may be kept by slices. */
    public ReadBudget(Budget budget, long pinnedBytesMax) {
        this(budget, pinnedBytesMax, CHUNK_BYTES);
    }

    /** The same with joined chunks of {@code chunkBytes}. */
    public ReadBudget(Budget budget, long pinnedBytesMax, int chunkBytes) {
        this.chunkBytes = chunkBytes;
        this.budget = budget;
        this.pins = new Budget("blocks that readers keep", pinnedBytesMax);
        this.buffers = new BudgetedBuffers(budget);
    }

    /** Bytes that readers hold, including the shares reserved for them. */
    public long usedBytes() {
        return budget.usedBytes();
    }

    /** Bytes of blocks that readers keep; a block that several keep is counted several times. */
    public long pinnedBytes() {
        return pins.usedBytes();
    }

    /** Whether nothing is counted, because streams are kept only in memory. */
    public boolean isUncounted() {
        return budget.bytesMax() == 0;
    }

    /** The length of a joined chunk of recent content. */
    public int chunkBytes() {
        return chunkBytes;
    }

    /** The most bytes of joined chunks that each of {@code shards} keeps for further reads. */
    public long chunkBytesMax(int shards) {
        return Math.min(CHUNKS_BYTES_MAX, budget.bytesMax() / CHUNKS_PART / shards);
    }

    /** A share for a new response, or null if earlier responses use all the memory. */
    public @Nullable ReadShare admit() {
        if (isUncounted()) {
            return new ReadShare(this, null);
        }
        Reservation standing = budget.reserve(ReadShare.BYTES);
        return standing == null ? null : new ReadShare(this, standing);
    }

    /** The part of {@code bytes} that a read may use now. Up to {@link ReadShare#BYTES} its share suffices. */
    public int window(int bytes) {
        long left = budget.leftBytes() - budget.bytesMax() / LARGE_WINDOWS_PART * (LARGE_WINDOWS_PART - 1);
        return (int) Math.min(bytes, Math.max(ReadShare.BYTES, left / READER_PART));
    }

    /** The part of {@code bytes} that a read without a share may request now. */
    public int windowWithoutShare(int bytes) {
        return (int) Math.min(bytes, Math.max(ReadShare.BYTES, budget.leftBytes() / READER_PART));
    }

    /**
     * The permission to read {@code bytes} from files, or null until other readers have released memory. A read that is
     * larger than the whole budget is permitted while no other runs, because it would never be permitted otherwise.
     */
    @Nullable
    public Reservation reserve(long bytes) {
        Reservation reservation = budget.reserve(bytes);
        return reservation == null && bytes > budget.bytesMax() ? budget.reserveAlone(bytes) : reservation;
    }

    /** The permission to keep {@code bytes} of blocks, or null if the bytes are to be copied. */
    @Nullable
    public Reservation pin(long bytes) {
        return bytes > pins.leftBytes() / 2 ? null : pins.reserve(bytes);
    }

    /** A buffer for a copy of bytes in memory, owned by the caller, or null if no room is left. */
    @Nullable
    public ByteBuf tryAllocate(int bytes) {
        return bytes <= UNCOUNTED_BYTES_MAX || isUncounted()
                ? ByteBufAllocator.DEFAULT.buffer(bytes, bytes)
                : buffers.tryAllocate(bytes);
    }

    /** A buffer, owned by the caller, of a part of {@code reservation}. */
    ByteBuf allocate(Reservation reservation, int bytes) {
        return buffers.allocate(reservation, bytes);
    }

    /** A buffer, owned by the caller, of a response's standing reservation, or of uncounted memory if that is null. */
    ByteBuf lend(@Nullable Reservation standing, int bytes) {
        return standing == null ? ByteBufAllocator.DEFAULT.buffer(bytes, bytes) : buffers.lend(standing, bytes);
    }
}
