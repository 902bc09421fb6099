package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ForkSource;

/** What a callback was given, once. */
final class Taken<T> implements Callback<T> {
    private T value;
    private Refusal refusal;

    /** Counts the fork that {@code fork} creates at its source, which is in the state that it expects. */
    static ForkSource pin(ShardStore owner, Command.Create fork) {
        Taken<ForkSource> pinned = new Taken<>();
        owner.pinSource(fork.fork(), fork.contentType(), pinned);
        return pinned.get();
    }

    @Override
    public void complete(T newValue) {
        assertThat(isThere()).isFalse();
        value = newValue;
    }

    @Override
    public void refuse(Refusal newRefusal) {
        assertThat(isThere()).isFalse();
        refusal = newRefusal;
    }

    boolean isThere() {
        return value != null || refusal != null;
    }

    /** The value; a refusal is thrown. */
    T get() {
        assertThat(isThere()).as("an answer").isTrue();
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
        return value;
    }
}
