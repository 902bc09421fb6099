package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;

/** What a load client asks of the server: gives one request after another. Called by the run's loop only. */
public interface Workload {
    /**
     * Writes the next request of a connection, whole.
     *
     * @param connection the connection's index, from 0
     * @param out empty, and direct
     * @return false if this connection has nothing more to ask; then nothing was written
     */
    boolean next(int connection, ByteBuf out);

    /**
     * Told of the response to the last request of {@code connection}; tells whether that was the end of the operation. If
     * not, {@link #next} is asked at once for how it goes on, and its latency counts on.
     */
    default boolean ends(int connection, ResponseParser response) {
        answered(connection, response.status(), response.bodyBytes());
        return true;
    }

    /** Told of the response to the last request of {@code connection}, where each is an operation of its own. */
    default void answered(int connection, int status, long bodyBytes) {}
}
