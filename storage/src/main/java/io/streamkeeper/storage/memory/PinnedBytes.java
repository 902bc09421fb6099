package io.streamkeeper.storage.memory;

import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Slices of blocks, which stay in memory until a reader has consumed these bytes. A reservation counts the memory that
 * they keep, and is returned at the last release.
 */
public final class PinnedBytes extends CompositeByteBuf {
    private final Reservation reservation;

    /** Room for {@code parts} slices; takes ownership of {@code reservation}. */
    public PinnedBytes(int parts, Reservation reservation) {
        super(UnpooledByteBufAllocator.DEFAULT, true, Math.max(2, parts));
        this.reservation = reservation;
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        reservation.close();
    }
}
