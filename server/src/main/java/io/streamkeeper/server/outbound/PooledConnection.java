package io.streamkeeper.server.outbound;

/** A connection that can be kept for another request. Owned by its loop. */
public interface PooledConnection {
    /** Where it leads to. */
    Destination destination();

    /** Closes it. */
    void close();
}
