package io.streamkeeper.server.listen;

import java.util.concurrent.CompletableFuture;

/**
 * One listener on one stream, to be stopped and resumed. Safe for use by any thread, the listener's own calls included.
 */
public interface Listening {
    /** How it is about a listening. */
    enum Status {
        /** It is stopped, complete, or ended by an error. */
        IDLE,
        /** It looks for the stream. */
        CONNECTING,
        /** It reads, or waits at the tail. */
        STREAMING,
        /** The stream cannot be had now; it is tried again after a while. */
        DISCONNECTED
    }

    /** {@return the path of the stream that is followed, without percent-encoding} */
    String path();

    /** {@return how it is now} */
    Status status();

    /**
     * {@return whether it goes on: it reads, waits, or tries again after a while} It is false once it is stopped, complete, or
     * ended by an error: exactly while it is {@link Status#IDLE}.
     */
    default boolean listening() {
        return status() != Status.IDLE;
    }

    /**
     * {@return the offset behind the last batch that the listener has taken; before the first one, what the listening began
     * with, which may be {@code -1} or {@code now}}
     */
    String offset();

    /**
     * Stops; the offset is kept, and {@link #resume} goes on from there.
     *
     * @return the offset, when the call of the listener that may be under way has returned; no further one follows then. Not
     *     to be waited for within a call of the listener.
     */
    CompletableFuture<String> stop();

    /** Goes on from where it stopped; has no effect while it is not {@link Status#IDLE}. */
    void resume();

    /**
     * Stops and forgets the offset: {@link #resume} begins again with what the listening began with.
     *
     * @return what that is, when the call of the listener that may be under way has returned
     */
    CompletableFuture<String> reset();
}
