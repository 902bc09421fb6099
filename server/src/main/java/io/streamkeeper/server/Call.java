package io.streamkeeper.server;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.listen.CallbackThreads;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.shard.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * One command of the Java API in progress. Its outcome arrives on a shard's loop, which applications must not delay, so
 * an executor creates the result and completes the future. Safe for use by any thread.
 */
final class Call<T> implements Reply {
    private final Function<Outcome, T> result;
    private final Executor executor;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final AtomicBoolean answered = new AtomicBoolean();

    /**
     * Creates a call whose future {@code executor} completes.
     *
     * @param result creates the result from an outcome that is not a refusal; it releases the buffers that the outcome
     *     owns
     */
    Call(Function<Outcome, T> result, Executor executor) {
        this.result = result;
        this.executor = executor;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /** Accepts the outcome; a later one is ignored. Any thread may call it. */
    @Override
    public void complete(Outcome outcome) {
        if (!answered.compareAndSet(false, true)) {
            if (outcome instanceof Outcome.Chunk chunk) {
                chunk.bytes().release();
            }
            return;
        }
        try {
            executor.execute(() -> settle(outcome));
        } catch (RuntimeException | Error e) {
            // The future must complete even if the application's executor is shut down or fails.
            CallbackThreads.shared().execute(() -> settle(outcome));
        }
    }

    private void settle(Outcome outcome) {
        if (outcome instanceof Refusal refusal) {
            future.completeExceptionally(StreamException.of(refusal));
            return;
        }
        try {
            future.complete(result.apply(outcome));
        } catch (RuntimeException | Error e) {
            future.completeExceptionally(e);
        }
    }
}
