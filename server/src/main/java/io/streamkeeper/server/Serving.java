package io.streamkeeper.server;

/** A server of the streams of a {@link DurableStreams}, which stops before they are closed. */
interface Serving {
    /** Stops; returns when it has stopped. */
    void stop();
}
