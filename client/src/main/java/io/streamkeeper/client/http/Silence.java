package io.streamkeeper.client.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Detects that a server has sent nothing for too long while a response was awaited. One timer serves successive waits,
 * so that a short wait does not need to start one. Safe for use by any thread.
 */
final class Silence {
    private final long limitNanos;
    private volatile long receivedNanos;
    private volatile long currentLimitNanos;
    private @Nullable Runnable onSilence;
    private @Nullable CompletableFuture<?> timer;
    private long timerNanos;
    private boolean closed;

    /** Creates it without a wait; {@code limit} counts from the last byte that was received. */
    Silence(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /**
     * Begins a wait.
     *
     * @param first the time limit until the first byte
     * @param tooLong runs once, on a thread that must not block, if the silence exceeds a limit
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

    /** Records that bytes were received. */
    void received() {
        receivedNanos = System.nanoTime();
        currentLimitNanos = limitNanos;
    }

    /** Ends the wait. */
    synchronized void end() {
        onSilence = null;
    }

    /** Ends the wait and the timer; no wait may follow. */
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
