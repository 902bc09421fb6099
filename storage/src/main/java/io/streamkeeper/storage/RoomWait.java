package io.streamkeeper.storage;

import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.Reservation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A read's permission to wait in line for room in the budget of reads, where others are refused. Whoever has begun an answer
 * gives it, and cancels it when nobody wants the rest. It holds no memory while it waits, so those who wait cannot block each
 * other. Safe for use by any thread; for one read at a time.
 */
public final class RoomWait {
    private Budget.@Nullable Waiter waiter;
    private @Nullable Runnable onCancel;
    private boolean cancelled;

    /**
     * Waits for {@code bytes}.
     *
     * @param granted takes the reservation, on any thread, perhaps at once
     * @param onCancel is called instead where the wait is cancelled
     */
    void begin(ReadBudget budget, long bytes, Consumer<Reservation> granted, Runnable onCancel) {
        Runnable over = null;
        synchronized (this) {
            if (cancelled) {
                over = onCancel;
            } else {
                this.onCancel = onCancel;
                waiter = budget.await(bytes, granted);
            }
        }
        if (over != null) {
            over.run();
        }
    }

    /** Nobody wants what the read waits for, or would wait for later. */
    public void cancel() {
        Runnable over = null;
        synchronized (this) {
            cancelled = true;
            if (waiter != null && waiter.cancel()) {
                over = onCancel;
            }
            waiter = null;
        }
        if (over != null) {
            over.run();
        }
    }
}
