package io.streamkeeper.server.listen;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that nothing was heard of a server for too long while something was awaited of it. One timer serves all waits one
 * after the other, so that a wait which ends soon costs none. Safe for use by any thread.
 */
final class Silence {
    private final long limitNanos;
    private volatile long heardNanos;
    private volatile long nowLimitNanos;
    private @Nullable Runnable broken;
    private @Nullable CompletableFuture<?> timer;
    private long timerNanos;
    private boolean closed;

    /** Nobody waits yet; {@code limit} counts from the last byte that was heard. */
    Silence(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /**
     * Somebody begins to wait.
     *
     * @param first how long until something is heard at all
     * @param tooLong run once, on a thread that must not block, if it takes longer
     */
    synchronized void begin(Duration first, Runnable tooLong) {
        if (closed) {
            return;
        }
        broken = tooLong;
        heardNanos = System.nanoTime();
        nowLimitNanos = Math.min(limitNanos, first.toNanos());
        if (timer == null || timerNanos - deadlineNanos() > 0) {
            arm();
        }
    }

    /** Something was heard. */
    void heard() {
        heardNanos = System.nanoTime();
        nowLimitNanos = limitNanos;
    }

    /** Nobody waits any more. */
    synchronized void end() {
        broken = null;
    }

    /** Nobody will wait again. */
    synchronized void close() {
        closed = true;
        broken = null;
        disarm();
    }

    private long deadlineNanos() {
        return heardNanos + nowLimitNanos;
    }

    private void arm() {
        disarm();
        timerNanos = deadlineNanos();
        CompletableFuture<@Nullable Void> armed = new CompletableFuture<>();
        timer = armed;
        armed.completeOnTimeout(null, Math.max(0, timerNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
                .thenRun(() -> fired(armed));
    }

    private void disarm() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void fired(CompletableFuture<?> which) {
        Runnable told;
        synchronized (this) {
            if (timer != which) {
                return;
            }
            timer = null;
            told = broken;
            if (told == null) {
                return;
            }
            if (deadlineNanos() - System.nanoTime() > 0) {
                arm();
                return;
            }
            broken = null;
        }
        told.run();
    }
}
