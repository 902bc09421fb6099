package io.streamkeeper.server;

/** What serves the streams of a {@link DurableStreams}, and stops before they are closed. */
interface Serving {
    /** Ends it; returns when that is done. */
    void stop();
}
