package io.streamkeeper.server;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.api.StreamException;
import io.streamkeeper.server.listen.CallbackThreads;
import io.streamkeeper.storage.shard.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * One command of the Java API under way. Its outcome comes on a shard's loop, which must not be held up by whoever waits for
 * the future: what is made of it, and all that depends on the future, runs on an executor. Safe for use by any thread.
 */
final class Call<T> implements Reply {
    private final Function<Outcome, T> result;
    private final Executor executor;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final AtomicBoolean answered = new AtomicBoolean();

    /**
     * A call whose future is completed on {@code executor}.
     *
     * @param result what is made of an outcome that is no refusal; it releases what the outcome owns
     */
    Call(Function<Outcome, T> result, Executor executor) {
        this.result = result;
        this.executor = executor;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /** Takes the outcome; a later one is of no interest any more. May be called by any thread. */
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
            // An executor of somebody else that takes nothing any more, or fails: the future is completed all the same.
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
