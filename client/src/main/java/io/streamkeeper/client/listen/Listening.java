package io.streamkeeper.client.listen;

import java.util.concurrent.CompletableFuture;

/**
 * A handle to stop and resume one listener on one stream. Safe for use by any thread, including the listener's own
 * calls.
 */
public interface Listening {
    /** The states of a listening. */
    enum Status {
        /** It is stopped, complete, or ended by an error. */
        IDLE,
        /** It requests the stream's metadata. */
        CONNECTING,
        /** It reads, or waits at the tail. */
        STREAMING,
        /** The stream is not available now; the listening retries after some time. */
        DISCONNECTED
    }

    /** {@return the path of the followed stream, without percent-encoding} */
    String path();

    /** {@return its current state} */
    Status status();

    /**
     * {@return whether it is active: it reads, waits, or retries after some time} False if it was stopped, is complete,
     * or has ended with an error, that is, while it is {@link Status#IDLE}.
     */
    default boolean listening() {
        return status() != Status.IDLE;
    }

    /**
     * {@return the offset after the last batch that the listener has processed; before the first batch, the start of
     * the listening, which may be {@code -1} or {@code now}}
     */
    String offset();

    /**
     * Stops; the offset is kept, and {@link #resume} continues there.
     *
     * @return the offset, once a listener call in progress has returned; no further call follows. Do not wait for it
     *     within a listener call.
     */
    CompletableFuture<String> stop();

    /** Continues where it stopped; has no effect unless it is {@link Status#IDLE}. */
    void resume();

    /**
     * Stops and forgets the offset: {@link #resume} begins again at the start of the listening.
     *
     * @return the start of the listening, once a listener call in progress has returned
     */
    CompletableFuture<String> reset();
}
