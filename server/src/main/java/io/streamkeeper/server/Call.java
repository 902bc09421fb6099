package io.streamkeeper.server;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.shard.Reply;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** One command of the Java API in progress. Safe for use by any thread. */
final class Call<T> extends PendingCall<T> implements Reply {
    private final Function<Outcome, T> result;

    /**
     * Creates a call whose future {@code executor} completes.
     *
     * @param result creates the result from an outcome that is not a refusal; it releases the buffers that the outcome
     *     owns
     */
    Call(Function<Outcome, T> result, Executor executor) {
        super(executor);
        this.result = result;
    }

    /** Accepts the outcome; a later one is ignored. Any thread may call it. */
    @Override
    public void complete(Outcome outcome) {
        if (outcome instanceof Refusal refusal) {
            refuse(refusal);
        } else if (!answer(() -> result.apply(outcome)) && outcome instanceof Outcome.Chunk chunk) {
            chunk.bytes().release();
        }
    }
}
