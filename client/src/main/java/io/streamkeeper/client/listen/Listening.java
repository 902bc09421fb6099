package io.streamkeeper.client.listen;

import java.util.concurrent.CompletableFuture;

/**
 * One listener on one stream: a handle to stop and resume it. Safe for use by any thread, the listener's own calls
 * included.
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
        /** The stream is not available now; it tries again after some time. */
        DISCONNECTED
    }

    /** {@return the path of the stream that is followed, without percent-encoding} */
    String path();

    /** {@return its state now} */
    Status status();

    /**
     * {@return whether it is active: it reads, waits, or tries again after some time} False when it was stopped, is
     * complete, or has ended with an error: exactly while it is {@link Status#IDLE}.
     */
    default boolean listening() {
        return status() != Status.IDLE;
    }

    /**
     * {@return
     * the offset after the last batch that the listener has processed; before the first one, what the listening began
     * with, which may be {@code -1} or {@code now}}
     */
    String offset();

    /**
     * Stops; the offset is kept, and {@link #resume} continues there.
     *
     * @return the offset, when the call of the listener that may be under way has returned; no further call follows. Do
     *     not wait for it within a call of the listener.
     */
    CompletableFuture<String> stop();

    /** Continues where it stopped; has no effect while it is not {@link Status#IDLE}. */
    void resume();

    /**
     * Stops and forgets the offset: {@link #resume} begins again with what the listening began with.
     *
     * @return what that is, when the call of the listener that may be under way has returned
     */
    CompletableFuture<String> reset();
}
