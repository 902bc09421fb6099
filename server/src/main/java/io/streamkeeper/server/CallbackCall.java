package io.streamkeeper.server;

import io.streamkeeper.storage.shard.Callback;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** One request of the Java API in progress that is no command. Safe for use by any thread. */
final class CallbackCall<A, T> extends PendingCall<T> implements Callback<A> {
    private final Function<A, T> result;

    /** Creates a call whose future {@code executor} completes with the result that {@code result} creates. */
    CallbackCall(Function<A, T> result, Executor executor) {
        super(executor);
        this.result = result;
    }

    @Override
    public void complete(A value) {
        answer(() -> result.apply(value));
    }
}
