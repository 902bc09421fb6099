package io.streamkeeper.client.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Detects that a server has sent nothing for too long while an answer was awaited. One timer serves all waits, one
 * after another, so that a wait which ends soon needs no timer of its own. Safe for use by any thread.
 */
final class Silence {
    private final long limitNanos;
    private volatile long receivedNanos;
    private volatile long currentLimitNanos;
    private @Nullable Runnable onSilence;
    private @Nullable CompletableFuture<?> timer;
    private long timerNanos;
    private boolean closed;

    /** No wait yet; {@code limit} counts from the last byte that was received. */
    Silence(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /**
     * A wait begins.
     *
     * @param first how long until the first byte
     * @param tooLong run once, on a thread that must not block, if it takes longer
     */
    synchronized void begin(Duration first, Runnable tooLong) {
        if (closed) {
            return;
        }
        onSilence = tooLong;
        receivedNanos = System.nanoTime();
        currentLimitNanos = Math.min(limitNanos, first.toNanos());
        if (timer == null || timerNanos - deadlineNanos() > 0) {
            arm();
        }
    }

    /** Bytes were received. */
    void received() {
        receivedNanos = System.nanoTime();
        currentLimitNanos = limitNanos;
    }

    /** The wait has ended. */
    synchronized void end() {
        onSilence = null;
    }

    /** No wait will follow. */
    synchronized void close() {
        closed = true;
        onSilence = null;
        disarm();
    }

    private long deadlineNanos() {
        return receivedNanos + currentLimitNanos;
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
        Runnable expiry;
        synchronized (this) {
            if (timer != which) {
                return;
            }
            timer = null;
            expiry = onSilence;
            if (expiry == null) {
                return;
            }
            if (deadlineNanos() - System.nanoTime() > 0) {
                arm();
                return;
            }
            onSilence = null;
        }
        expiry.run();
    }
}
