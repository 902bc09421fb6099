package io.streamkeeper.storage.memory;

import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Slices of blocks, which stay in memory as long as a reader has not taken these bytes. How much that keeps is counted
 * by a reservation, which is given back with the last release.
 */
public final class PinnedBytes extends CompositeByteBuf {
    private final Reservation reservation;

    /** Room for {@code parts} slices; takes {@code reservation} over. */
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
