package io.streamkeeper.bench.load;

/**
 * A place for one request and its response, one after the other: a connection of HTTP/1.1, or one of the concurrent
 * streams of a connection of HTTP/2. Owned by the run's loop.
 */
interface Exchange {
    /** Its number among all exchanges of the run, from 0. */
    int index();

    /** When the pending request was due. */
    long dueNanos();

    /** Sends the next request of the workload; returns false at its end. */
    boolean send(Workload workload, long due);

    /** Closes the connection. */
    void close();
}
