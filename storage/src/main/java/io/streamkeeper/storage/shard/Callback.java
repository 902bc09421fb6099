package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.Refusal;

/** Takes what was asked for, or why it is not to be had; once, on the shard's loop. */
public interface Callback<T> {
    /** What was asked for; a buffer in it is handed over. */
    void complete(T value);

    /** It is not to be had. */
    void refuse(Refusal refusal);
}
