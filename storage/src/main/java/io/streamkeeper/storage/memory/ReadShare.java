package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.record.RunLimits;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The part of the memory for reads that one response has from its beginning to its end: room for one window of {@value
 * #BYTES} bytes, which is reserved when the response is admitted. So a response that has begun always continues when
 * its client has received the previous window, however much memory others hold. Larger windows use memory that is not
 * reserved.
 *
 * <p>It also records the place that the response has reached, which may be inside a run, and whether the checksum of
 * that run was checked. One read at a time uses it; reads pass it on to each other, perhaps from thread to thread. Any
 * thread may close it at any time; memory of a running read, or that was lent and is not released yet, is returned
 * later.
 */
public final class ReadShare implements AutoCloseable {
    /**
     * The size of the largest run that is read as a whole for its checksum; longer runs, of one message each, are read
     * in parts.
     */
    public static final int BYTES = RunLimits.RUN_BYTES_MAX;

    private static final long NOWHERE = -1;

    private static final int IDLE = 0;
    private static final int READING = 1;
    private static final int CLOSED = 2;
    private static final int CLOSED_WHILE_READING = 3;

    private final ReadBudget budget;
    private final @Nullable Reservation standing;
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private long next = NOWHERE;
    private long checkedRunEnd = NOWHERE;

    /** A share of {@code budget}; {@code standing} has {@link #BYTES} reserved, or is null if nothing is counted. */
    ReadShare(ReadBudget budget, @Nullable Reservation standing) {
        this.budget = budget;
        this.standing = standing;
    }

    /** A read begins to use the share, until {@link #end}. Returns false if it is closed. */
    public boolean begin() {
        return state.compareAndSet(IDLE, READING);
    }

    /** Ends the use by a read; may be called again. */
    public void end() {
        if (!state.compareAndSet(READING, IDLE) && state.compareAndSet(CLOSED_WHILE_READING, CLOSED)) {
            giveBack();
        }
    }

    /** Notes that the next window begins at {@code position}, where the previous one ended. */
    public void next(long position) {
        next = position;
    }

    /** Whether the response has reached {@code position}, which then need not be between two messages. */
    public boolean hasReached(long position) {
        return next == position;
    }

    /** Notes that the run that ends at {@code runEnd} has the expected checksum. */
    public void checked(long runEnd) {
        checkedRunEnd = runEnd;
    }

    /** Whether the checksum of that run was already checked when its previous part was read. */
    public boolean isChecked(long runEnd) {
        return checkedRunEnd == runEnd;
    }

    /** Whether the previous window has been released. */
    public boolean isWhole() {
        return standing == null || standing.bytes() >= BYTES;
    }

    /** A buffer of the share, owned by the caller. */
    public ByteBuf lend(int bytes) {
        return budget.lend(standing, bytes);
    }

    @Override
    public void close() {
        int now = state.get();
        while (now == IDLE || now == READING) {
            if (state.compareAndSet(now, now == IDLE ? CLOSED : CLOSED_WHILE_READING)) {
                if (now == IDLE) {
                    giveBack();
                }
                return;
            }
            now = state.get();
        }
    }

    private void giveBack() {
        if (standing != null) {
            standing.close();
        }
    }
}
