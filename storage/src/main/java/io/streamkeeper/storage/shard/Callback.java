package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Refusal;

/** Receives a result, or why there is none; once, on the shard's loop. */
public interface Callback<T> {
    /** Receives the result; a buffer in it is owned by the receiver. */
    void complete(T value);

    /** There is no result. */
    void refuse(Refusal refusal);
}
