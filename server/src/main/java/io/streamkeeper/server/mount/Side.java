package io.streamkeeper.server.mount;

/** Who takes a request of a foreign connection. */
enum Side {
    /** Streamkeeper. */
    STREAMS,
    /** The handlers after the mount in its pipeline. */
    HANDLERS,
    /** It is dropped: the connection ends before it. */
    NONE
}
