package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.record.RunLimits;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one answer has of the memory for reads from its beginning to its end: room for one window of {@value #BYTES}
 * bytes, which is reserved when the answer is admitted. So an answer that has begun always gets on when its client has
 * taken the last window, however much others hold. Larger windows are of memory that nobody has reserved.
 *
 * <p>It also says where the answer is, which may be inside a run, and what of that is checked. One read at a time uses
 * it; reads hand it on to each other, perhaps from thread to thread. It may be closed by any thread, at any time: what
 * is being read, or was lent and is not released yet, is given back later.
 */
public final class ReadShare implements AutoCloseable {
    /** A whole run, which is read whole for its checksum; longer ones, of one message each, are read in parts. */
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

    /** A share of {@code budget}, with {@link #BYTES} reserved, or null where nothing is counted. */
    ReadShare(ReadBudget budget, @Nullable Reservation standing) {
        this.budget = budget;
        this.standing = standing;
    }

    /** A read begins to use the share, until {@link #end}. Returns false if it is closed. */
    public boolean begin() {
        return state.compareAndSet(IDLE, READING);
    }

    /** The read has come back; may be called again. */
    public void end() {
        if (!state.compareAndSet(READING, IDLE) && state.compareAndSet(CLOSED_WHILE_READING, CLOSED)) {
            giveBack();
        }
    }

    /** The next window begins at {@code position}, where the last has ended. */
    public void next(long position) {
        next = position;
    }

    /** Whether the answer has reached {@code position}, so that it need not be between two messages. */
    public boolean hasReached(long position) {
        return next == position;
    }

    /** The run that ends at {@code runEnd} has the checksum that it ought to have. */
    public void checked(long runEnd) {
        checkedRunEnd = runEnd;
    }

    /** Whether that was so when the last part of the run was read. */
    public boolean isChecked(long runEnd) {
        return checkedRunEnd == runEnd;
    }

    /** Whether the last window has been released. */
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
