package io.streamkeeper.storage.memory;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound on the memory of one kind of work, and how much of it is reserved (I7). Bytes are reserved before the work
 * that needs them begins; the reservation is the permission to begin. Safe for use by any thread, without locks: a
 * reservation without waiters is one atomic addition, and so is its release.
 *
 * <p>Work that cannot begin is either refused or waits in line with {@link #await}. The line is served in order, and
 * {@link #tryReserve} does not pass it: free bytes belong to the first waiter.
 */
public final class Budget {
    private static final Logger LOG = LoggerFactory.getLogger(Budget.class);

    private final String name;
    private final long bytesMax;
    private final @Nullable Budget whole;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final Queue<Waiter> line = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger serving = new AtomicInteger();

    /** A budget of {@code bytesMax} bytes; {@code name} states their purpose in messages. */
    public Budget(String name, long bytesMax) {
        this(name, bytesMax, null);
    }

    private Budget(String name, long bytesMax, @Nullable Budget whole) {
        this.name = name;
        this.bytesMax = Math.max(0, bytesMax);
        this.whole = whole;
    }

    /**
     * A part of this budget, such as that of one connection: at most {@code shareBytesMax} bytes, which count here too.
     * A share has no line to wait in.
     */
    public Budget share(long shareBytesMax) {
        return share(name, shareBytesMax);
    }

    /** A share with another name. */
    public Budget share(String shareName, long shareBytesMax) {
        return new Budget(shareName, shareBytesMax, this);
    }

    /** The purpose of the memory. */
    public String name() {
        return name;
    }

    /** The bound. */
    public long bytesMax() {
        return bytesMax;
    }

    /** Bytes that are reserved. */
    public long usedBytes() {
        return used.get();
    }

    /** Bytes that are free, here and in the budget that this is a share of. */
    public long leftBytes() {
        long left = Math.max(0, bytesMax - used.get());
        return whole == null ? left : Math.min(left, whole.leftBytes());
    }

    /** How often work found no room, and was refused or waited. */
    public long refusals() {
        return refusals.get();
    }

    /** Whether work waits for room. */
    public boolean isAwaited() {
        return waiting.get() > 0;
    }

    /**
     * Reserves {@code bytes}, which the caller returns with {@link #release}. Returns false and reserves nothing if
     * they do not fit.
     */
    public boolean tryReserve(long bytes) {
        if (waiting.get() == 0 && reserveFree(bytes)) {
            return true;
        }
        refusals.incrementAndGet();
        return false;
    }

    private boolean reserveFree(long bytes) {
        if (used.addAndGet(bytes) <= bytesMax && (whole == null || whole.tryReserve(bytes))) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /**
     * Reserves {@code bytes} for work that makes room: this one reservation may pass the bound, because full memory
     * could not be emptied otherwise. Returns false and reserves nothing if the bound is already passed.
     */
    boolean tryReserveToMakeRoom(long bytes) {
        if (used.addAndGet(bytes) - bytes <= bytesMax && (whole == null || whole.tryReserveToMakeRoom(bytes))) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Reserves {@code bytes} regardless of the bound: for data that already exists and must be loaded. */
    public void reserveAlways(long bytes) {
        used.addAndGet(bytes);
        if (whole != null) {
            whole.reserveAlways(bytes);
        }
    }

    /** A reservation of {@code bytes}, or null if they do not fit. */
    public @Nullable Reservation reserve(long bytes) {
        return tryReserve(bytes) ? new Reservation(this, bytes) : null;
    }

    /** A reservation of {@code bytes} that are already reserved, such as those granted to a waiter. */
    public Reservation reserved(long bytes) {
        return new Reservation(this, bytes);
    }

    /** A reservation of {@code bytes}, which may pass the bound, or null if any other bytes are reserved. */
    @Nullable
    Reservation reserveAlone(long bytes) {
        if (whole != null) {
            throw new IllegalStateException("a share of the budget of " + name + " cannot pass its bound");
        }
        return waiting.get() == 0 && used.compareAndSet(0, bytes) ? new Reservation(this, bytes) : null;
    }

    /** Returns reserved bytes, and serves the waiters. */
    public void release(long bytes) {
        used.addAndGet(-bytes);
        if (whole != null) {
            whole.release(bytes);
        }
        if (waiting.get() > 0) {
            serve();
        }
    }

    /**
     * Waits in line for {@code bytes}. When they are reserved, {@code granted} is called once, on the thread that made
     * the room, perhaps at once on this one; it must not delay that thread. The bytes are then returned with {@link
     * #release}. If {@code granted} throws, they are already returned.
     *
     * @param bytes at most {@link #bytesMax}; a request for more would wait forever
     */
    public Waiter await(long bytes, Runnable granted) {
        if (whole != null) {
            throw new IllegalStateException("a share of the budget of " + name + " has no line to wait in");
        }
        if (bytes > bytesMax) {
            throw new IllegalArgumentException(
                    bytes + " bytes can never be had of the budget of " + name + ", which has " + bytesMax);
        }
        Waiter waiter = new Waiter(bytes, granted);
        waiting.incrementAndGet();
        line.add(waiter);
        serve();
        return waiter;
    }

    /** One thread at a time grants; others that call this meanwhile make it check the line again. */
    private void serve() {
        if (serving.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen > 0) {
            serveLine();
            seen = serving.addAndGet(-seen);
        }
    }

    private void serveLine() {
        Waiter first = line.peek();
        while (first != null && (first.isOver() || reserveFree(first.bytes))) {
            line.remove();
            waiting.decrementAndGet();
            first.grant();
            first = line.peek();
        }
    }

    /** A place in the line. */
    public final class Waiter {
        private static final int WAITS = 0;
        private static final int GRANTED = 1;
        private static final int CANCELLED = 2;
        private static final int CANCELLED_IN_LINE = 3;

        private final long bytes;
        private final Runnable granted;
        private final AtomicInteger state = new AtomicInteger(WAITS);

        private Waiter(long bytes, Runnable granted) {
            this.bytes = bytes;
            this.granted = granted;
        }

        private boolean isOver() {
            return state.compareAndSet(CANCELLED, CANCELLED_IN_LINE);
        }

        /** Called with the bytes reserved: grants them, or returns them if the wait was cancelled. */
        private void grant() {
            if (state.compareAndSet(WAITS, GRANTED)) {
                try {
                    granted.run();
                } catch (RuntimeException e) {
                    used.addAndGet(-bytes);
                    LOG.debug("{} bytes of {} are given back: their loop has ended", bytes, name, e);
                }
            } else if (state.get() == CANCELLED) {
                used.addAndGet(-bytes);
            }
        }

        /** Leaves the line. Returns false if the bytes were already granted: the caller must then return them. */
        public boolean cancel() {
            if (!state.compareAndSet(WAITS, CANCELLED)) {
                return false;
            }
            serve();
            return true;
        }
    }
}
