package io.streamkeeper.server.mount;

/** The side that receives a request of a foreign connection. */
enum Side {
    /** Streamkeeper. */
    STREAMS,
    /** The handlers after the mount in its pipeline. */
    HANDLERS,
    /** No side: the request is dropped, because the connection ends before it. */
    NONE
}
