package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Refusal;
import java.util.function.Consumer;

/** Chains steps, each of which waits for the result of the previous one. */
final class Callbacks {
    private Callbacks() {}

    /** Continues with {@code step}; {@code end} receives a refusal, also if the step throws. */
    static <T> Callback<T> then(Callback<?> end, Consumer<T> step) {
        return new Callback<>() {
            @Override
            public void complete(T value) {
                try {
                    step.accept(value);
                } catch (RuntimeException | Error e) {
                    end.refuse(ShardFaults.ofStep(e));
                }
            }

            @Override
            public void refuse(Refusal refusal) {
                end.refuse(refusal);
            }
        };
    }
}
