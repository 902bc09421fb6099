package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;

/** Generates the requests of a run. Called by the run's loop only. */
public interface Workload {
    /**
     * Writes the next request of an exchange completely, as HTTP/1.1.
     *
     * @param connection the index of the exchange, from 0: of its connection with HTTP/1.1, of one of the concurrent streams
     *     of all connections with HTTP/2
     * @param out an empty direct buffer
     * @return false, without writing, if this connection has no more requests
     */
    boolean next(int connection, ByteBuf out);

    /**
     * Handles the response to the last request of {@code connection}.
     *
     * @return whether the operation is complete; if not, the next request of the connection continues it, is sent at
     *     once, and counts in its latency
     */
    default boolean completes(int connection, Response response) {
        answered(connection, response.status(), response.bodyBytes());
        return true;
    }

    /** Handles the response to the last request of {@code connection}, if each request is an operation. */
    default void answered(int connection, int status, long bodyBytes) {}
}
