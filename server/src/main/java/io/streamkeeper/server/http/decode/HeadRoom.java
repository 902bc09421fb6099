package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.memory.Budget;

/**
 * The heap for the requests of one connection that are not answered: their heads, as they came, and what is made of
 * them (I7). Used by the connection's event loop only.
 *
 * <p>A connection has {@value #OWN_BYTES} bytes of its own, which {@code MemoryPlan} counts with the connection: enough
 * for one request of usual length, which so is never refused and touches no counter that others use. What is beyond
 * comes from a budget of all connections, of which one connection has a share: when that is used up, it begins no
 * further request before one is answered.
 */
public final class HeadRoom implements AutoCloseable {
    /** What each connection has without asking. */
    static final int OWN_BYTES = 2 << 10;

    /** What the objects of a request occupy in addition to the bytes of its head. */
    static final int REQUEST_BYTES = 768;

    /** The part of the budget that one connection may have. */
    private static final int SHARE_PART = 32;

    private final Budget budget;
    private final long shareBytes;
    private long heldBytes;
    private long reservedBytes;
    private boolean closed;

    /** Room in {@code budget}. */
    public HeadRoom(Budget budget) {
        this.budget = budget;
        this.shareBytes = budget.bytesMax() / SHARE_PART;
    }

    /** Whether there is room for another request beside those that are not answered. */
    public boolean hasRoom() {
        return heldBytes < OWN_BYTES || (heldBytes < shareBytes && budget.leftBytes() > 0);
    }

    /** Takes {@code bytes}. Returns false, having taken nothing, where there is no room for them. */
    boolean tryTake(long bytes) {
        long missing = heldBytes + bytes - OWN_BYTES - reservedBytes;
        if (missing > 0) {
            if (closed || !budget.tryReserve(missing)) {
                return false;
            }
            reservedBytes += missing;
        }
        heldBytes += bytes;
        return true;
    }

    /** What a request is refused with for which there is no room. */
    static RefusedException exhausted() {
        return new RefusedException(
                ErrorCode.OVERLOADED,
                "requests that are not answered hold all the memory for their heads; try again later");
    }

    /** Gives {@code bytes} back that were taken. */
    public void giveBack(long bytes) {
        heldBytes -= bytes;
        long surplus = reservedBytes - Math.max(0, heldBytes - OWN_BYTES);
        if (surplus > 0) {
            reservedBytes -= surplus;
            budget.release(surplus);
        }
    }

    /** The connection has ended; what is given back later is given back already. */
    @Override
    public void close() {
        closed = true;
        heldBytes = 0;
        giveBack(0);
    }
}
