package io.streamkeeper.server.http.decode;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.memory.Budget;

/**
 * The heap for the unanswered requests of one connection: the bytes of their heads, and the objects created from them
 * (I7). Used by the connection's event loop only.
 *
 * <p>A connection owns {@value #OWN_BYTES} bytes, which {@code MemoryPlan} counts with the connection: enough for one
 * request of usual length, which is therefore never refused and changes no shared counter. Further bytes are reserved
 * in a budget of all connections. One connection may use a share of it; when that is used up, the connection begins no
 * further request until one is answered.
 */
public final class HeadRoom implements AutoCloseable {
    /** Bytes that each connection may use without a reservation. */
    static final int OWN_BYTES = 2 << 10;

    /** Bytes that the objects of a request occupy in addition to the bytes of its head. */
    static final int REQUEST_BYTES = 768;

    /** The share of one connection is the budget divided by this number. */
    private static final int SHARE_PART = 32;

    private final Budget budget;
    private final long shareBytes;
    private long heldBytes;
    private long reservedBytes;
    private boolean closed;

    /** Reserves in {@code budget}. */
    public HeadRoom(Budget budget) {
        this.budget = budget;
        this.shareBytes = budget.bytesMax() / SHARE_PART;
    }

    /** Whether there is room for a request in addition to the unanswered ones. */
    public boolean hasRoom() {
        return heldBytes < OWN_BYTES || (heldBytes < shareBytes && budget.leftBytes() > 0);
    }

    /** Takes {@code bytes}. Returns false, and takes nothing, if there is no room for them. */
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

    /** The refusal of a request for which there is no room. */
    static RefusedException exhausted() {
        return new RefusedException(
                ErrorCode.OVERLOADED,
                "requests that are not answered hold all the memory for their heads; try again later");
    }

    /** Returns {@code bytes} that were taken. */
    public void giveBack(long bytes) {
        heldBytes -= bytes;
        long surplus = reservedBytes - Math.max(0, heldBytes - OWN_BYTES);
        if (surplus > 0) {
            reservedBytes -= surplus;
            budget.release(surplus);
        }
    }

    /** Returns everything, because the connection has ended. A later return of bytes has no further effect. */
    @Override
    public void close() {
        closed = true;
        heldBytes = 0;
        giveBack(0);
    }
}
