package io.streamkeeper.server.shard;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.shard.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** Waits for outcomes, on threads that may block. */
public final class Awaited {
    private Awaited() {}

    /**
     * The answer to what {@code begin} begins. If the caller is interrupted before, the answer is released when it comes.
     *
     * @param begin returns what ends the command early
     * @param <T> of the outcome that is expected
     * @throws RefusedException if the outcome is a refusal
     */
    public static <T extends Outcome> T outcome(Class<T> type, Function<Reply, Runnable> begin)
            throws InterruptedException {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        Runnable end = begin.apply(outcome -> {
            if (!answer.complete(outcome)) {
                release(outcome);
            }
        });
        try {
            Outcome outcome = answer.get();
            if (outcome instanceof Refusal refusal) {
                throw new RefusedException(refusal);
            }
            return type.cast(outcome);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            end.run();
            if (!answer.completeExceptionally(e)) {
                release(answer.join());
            }
            throw e;
        }
    }

    private static void release(Outcome outcome) {
        if (outcome instanceof Outcome.Chunk chunk) {
            chunk.bytes().release();
        }
    }
}
