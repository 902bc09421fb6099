package io.streamkeeper.storage.stream;

/**
 * The readers that wait at the tail of one stream. Called on the shard's loop, once for each change that readers can
 * see.
 */
public interface TailWaiters {
    /** The durable tail has moved, or the stream was closed. */
    void moved(StreamState stream);

    /** The number of readers that wait. */
    int count();

    /** The stream was deleted, or has expired. */
    void gone(StreamState stream);
}
