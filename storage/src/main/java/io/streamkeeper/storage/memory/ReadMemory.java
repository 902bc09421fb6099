package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The memory that one read from files was permitted to use: its own reservation, or its response's share. */
public final class ReadMemory implements AutoCloseable {
    private final ReadBudget budget;
    private final @Nullable Reservation reservation;
    private final @Nullable ReadShare share;

    private ReadMemory(ReadBudget budget, @Nullable Reservation reservation, @Nullable ReadShare share) {
        this.budget = budget;
        this.reservation = reservation;
        this.share = share;
    }

    /** The memory of {@code reservation}; takes ownership of it. */
    public static ReadMemory of(ReadBudget budget, Reservation reservation) {
        return new ReadMemory(budget, reservation, null);
    }

    /** The memory of {@code share}, which stays the response's. */
    public static ReadMemory of(ReadBudget budget, ReadShare share) {
        return new ReadMemory(budget, null, share);
    }

    /** A buffer, owned by the caller. */
    public ByteBuf allocate(int bytes) {
        if (share != null) {
            return share.lend(bytes);
        }
        if (reservation == null) {
            throw new IllegalStateException("a read has no memory");
        }
        return budget.allocate(reservation, bytes);
    }

    /** Returns the bytes that were reserved for this read and are not used. */
    @Override
    public void close() {
        if (reservation != null) {
            reservation.close();
        }
    }
}
