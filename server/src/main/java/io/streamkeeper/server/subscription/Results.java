package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.shard.Callback;
import java.util.function.Consumer;
import java.util.function.Function;

/** Converts results. */
public final class Results {
    private Results() {}

    /** Passes results to {@code complete}, and refusals to {@code refuse}. */
    public static <A> Callback<A> then(Consumer<A> complete, Consumer<Refusal> refuse) {
        return new Callback<>() {
            @Override
            public void complete(A value) {
                complete.accept(value);
            }

            @Override
            public void refuse(Refusal refusal) {
                refuse.accept(refusal);
            }
        };
    }

    /** Passes each result on in another form. */
    public static <A, B> Callback<A> map(Callback<B> then, Function<A, B> conversion) {
        return new Callback<>() {
            @Override
            public void complete(A value) {
                then.complete(conversion.apply(value));
            }

            @Override
            public void refuse(Refusal refusal) {
                then.refuse(refusal);
            }
        };
    }
}
