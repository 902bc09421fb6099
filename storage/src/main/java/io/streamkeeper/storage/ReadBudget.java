package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.BudgetedBuffers;
import io.streamkeeper.storage.memory.Reservation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The memory for what is read from files, of all shards together, from before the read begins until the bytes have left for
 * the client. Safe for use by any thread. A reader that does not take its bytes holds them; so the less is left, the less
 * one read gets.
 */
public final class ReadBudget {
    /** What a read gets at the least: a run, which is read whole for its checksum. */
    private static final int WINDOW_BYTES_MIN = RunLimits.RUN_BYTES_MAX;

    /** Small copies, which are not counted, and those of a server that has no files. */
    private static final int UNCOUNTED_BYTES_MAX = 16 << 10;

    /** Counts nothing. */
    static final ReadBudget NONE = new ReadBudget(0);

    /** How many readers of large windows there may be before windows get smaller. */
    private static final int WINDOWS = 256;

    private final Budget budget;
    private final BudgetedBuffers buffers;

    /** At most {@code bytesMax} bytes at a time. */
    public ReadBudget(long bytesMax) {
        this(new Budget("reads", bytesMax));
    }

    /** The reads of {@code budget}. */
    public ReadBudget(Budget budget) {
        this.budget = budget;
        this.buffers = new BudgetedBuffers(budget);
    }

    /** Bytes that readers hold, and those that reads which are under way will hold. */
    public long usedBytes() {
        return budget.usedBytes();
    }

    /** How much of {@code bytes} a read may ask for now. */
    int window(int bytes) {
        return (int) Math.min(bytes, Math.max(WINDOW_BYTES_MIN, budget.leftBytes() / WINDOWS));
    }

    /**
     * The permission to read {@code bytes} from files, or null until readers have taken theirs. A single read that is larger
     * than the whole budget is permitted while there is no other, because it could never be otherwise.
     */
    @Nullable
    Reservation reserve(long bytes) {
        Reservation reservation = budget.reserve(bytes);
        return reservation == null && bytes > budget.bytesMax() ? budget.reserveAlone(bytes) : reservation;
    }

    /** A buffer for a copy of what is in memory, owned by the caller, or null where there is no room. */
    @Nullable
    ByteBuf tryAllocate(int bytes) {
        return bytes <= UNCOUNTED_BYTES_MAX || budget.bytesMax() == 0
                ? ByteBufAllocator.DEFAULT.buffer(bytes, bytes)
                : buffers.tryAllocate(bytes);
    }

    /** Waits in line for {@code bytes}, at most {@link #bytesMax}; {@code granted} takes the reservation, on any thread. */
    Budget.Waiter await(long bytes, Consumer<Reservation> granted) {
        return budget.await(bytes, () -> granted.accept(budget.reserved(bytes)));
    }

    long bytesMax() {
        return budget.bytesMax();
    }

    /** A buffer, owned by the caller, of what was reserved. */
    ByteBuf allocate(Reservation reservation, int bytes) {
        return buffers.allocate(reservation, bytes);
    }
}
