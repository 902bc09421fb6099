package io.streamkeeper.storage.stream;

/** Those that wait at the tail of one stream. Called on the shard's loop, once for each step that readers can see. */
public interface TailWaiters {
    /** The durable tail moved or the stream was closed. */
    void moved(StreamState stream);

    /** The stream is gone: deleted or expired. */
    void gone(StreamState stream);
}
