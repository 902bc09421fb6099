package io.streamkeeper.storage.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of a {@link Budget} that were reserved, and are given back exactly once: by {@link #close}, which may be called
 * again, or part by part to what is allocated of them. Safe for use by any thread.
 */
public final class Reservation implements AutoCloseable {
    private static final long CLOSED = -1;

    private final Budget budget;
    private final AtomicLong bytes;

    /** Takes over {@code bytes} that are reserved in {@code budget}. */
    Reservation(Budget budget, long bytes) {
        this.budget = budget;
        this.bytes = new AtomicLong(bytes);
    }

    /** Bytes that are left of it; none after it is closed. */
    public long bytes() {
        return Math.max(0, bytes.get());
    }

    /** The budget that it is of. */
    Budget budget() {
        return budget;
    }

    /** Reserves {@code more} bytes too. Returns false, having changed nothing, if they do not fit or it is closed. */
    public boolean tryGrow(long more) {
        if (!budget.tryReserve(more)) {
            return false;
        }
        return add(more);
    }

    /** Takes over {@code more} bytes that are reserved in the same budget; they are given back if it is closed. */
    public boolean add(long more) {
        long now = bytes.get();
        while (now != CLOSED) {
            if (bytes.compareAndSet(now, now + more)) {
                return true;
            }
            now = bytes.get();
        }
        budget.release(more);
        return false;
    }

    /**
     * Takes {@code part} out of it, which the caller gives back to the budget. Returns false, having changed nothing,
     * if there is less, or it is closed.
     */
    public boolean take(long part) {
        long now = bytes.get();
        while (now >= part) {
            if (bytes.compareAndSet(now, now - part)) {
                return true;
            }
            now = bytes.get();
        }
        return false;
    }

    /** Gives back what is left. */
    @Override
    public void close() {
        long left = bytes.getAndSet(CLOSED);
        if (left > 0) {
            budget.release(left);
        }
    }
}
