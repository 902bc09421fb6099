package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Refusal;

/** Receives a result or a refusal, once, on the shard's loop. */
public interface Callback<T> {
    /** Receives the result; a buffer in it is owned by the receiver. */
    void complete(T value);

    /** Receives the reason for which no result exists. */
    void refuse(Refusal refusal);
}
