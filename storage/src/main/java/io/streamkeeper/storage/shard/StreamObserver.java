package io.streamkeeper.storage.shard;

import io.streamkeeper.storage.stream.StreamState;

/**
 * Is called for each durable change of the streams of a shard that readers see, reserved ones excepted. On the shard's
 * loop, before the reply to the change is sent, and while the shard publishes: an observer only notes what it has seen,
 * and sends no command to the shard.
 */
public interface StreamObserver {
    /** The creation of a stream is durable; it may have content. */
    void created(StreamState stream);

    /** An append to a stream, or its closure, is durable. */
    void moved(StreamState stream);

    /** The deletion of a stream, or its expiry, is durable. */
    void deleted(StreamState stream);
}
