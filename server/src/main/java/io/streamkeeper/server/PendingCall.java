package io.streamkeeper.server;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.listen.CallbackThreads;
import io.streamkeeper.protocol.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One call of the Java API in progress. It is answered on a loop, which applications must not delay, so an executor creates
 * the result and completes the future. Only the first answer counts. Safe for use by any thread.
 */
abstract class PendingCall<T> {
    private final Executor executor;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final AtomicBoolean answered = new AtomicBoolean();

    /** A call whose future {@code executor} completes. */
    PendingCall(Executor executor) {
        this.executor = executor;
    }

    final CompletableFuture<T> future() {
        return future;
    }

    /** Answers it with a refusal. */
    public final void refuse(Refusal refusal) {
        answer(() -> {
            throw StreamException.of(refusal);
        });
    }

    /**
     * Answers it.
     *
     * @param result creates the result, or throws what the future fails with
     * @return false if it was answered before
     */
    final boolean answer(Supplier<T> result) {
        if (!answered.compareAndSet(false, true)) {
            return false;
        }
        try {
            executor.execute(() -> settle(result));
        } catch (RuntimeException | Error e) {
            // The future must complete even if the application's executor is shut down or fails.
            CallbackThreads.shared().execute(() -> settle(result));
        }
        return true;
    }

    private void settle(Supplier<T> result) {
        try {
            future.complete(result.get());
        } catch (RuntimeException | Error e) {
            future.completeExceptionally(e);
        }
    }
}
