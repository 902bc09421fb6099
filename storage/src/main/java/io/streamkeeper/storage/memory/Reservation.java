package io.streamkeeper.storage.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Reserved bytes of a {@link Budget}, which are returned exactly once: by {@link #close}, which may be called again,
 * or, for the parts that were allocated, when these are released. Safe for use by any thread.
 */
public final class Reservation implements AutoCloseable {
    private static final long CLOSED = -1;

    private final Budget budget;
    private final AtomicLong bytes;

    /** Takes ownership of {@code bytes} that are reserved in {@code budget}. */
    Reservation(Budget budget, long bytes) {
        this.budget = budget;
        this.bytes = new AtomicLong(bytes);
    }

    /** Bytes that are left of it; none after it is closed. */
    public long bytes() {
        return Math.max(0, bytes.get());
    }

    /** The budget in which the bytes are reserved. */
    Budget budget() {
        return budget;
    }

    /**
     * Reserves {@code more} bytes as well. Returns false and changes nothing if they do not fit or the reservation is
     * closed.
     */
    public boolean tryGrow(long more) {
        if (!budget.tryReserve(more)) {
            return false;
        }
        return add(more);
    }

    /**
     * Takes ownership of {@code more} bytes that are reserved in the same budget; returns them to the budget, and
     * false, if the reservation is closed.
     */
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
     * Removes {@code part} bytes, which the caller then returns to the budget. Returns false and changes nothing if
     * fewer are left, or the reservation is closed.
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

    /** Returns the bytes that are left. */
    @Override
    public void close() {
        long left = bytes.getAndSet(CLOSED);
        if (left > 0) {
            budget.release(left);
        }
    }
}
