package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.server.outbound.ConnectionPool;

/**
 * How many connections to receivers there may be. Immutable.
 *
 * @param deliveriesMax attempts that are under way at a time
 * @param keptMax connections without an attempt that each loop keeps
 * @param loops the number of loops
 */
public record WebhookBounds(int deliveriesMax, int keptMax, int loops) {
    /** How many file descriptors a number of deliveries may need, with the connections that are kept. */
    public static int descriptorsWanted(int deliveriesMax, int loops) {
        return deliveriesMax + ConnectionPool.ALL_MAX * loops;
    }

    /**
     * The bounds of a process.
     *
     * @param deliveriesMax as configured
     * @param descriptors for all connections, at least 2
     * @param heapBytes for all attempts
     */
    public static WebhookBounds of(int deliveriesMax, int descriptors, long heapBytes, int loops) {
        int byHeap = (int) Math.max(1, Math.min(deliveriesMax, heapBytes / AnswerBody.BYTES_MAX));
        if (descriptors >= descriptorsWanted(byHeap, loops)) {
            return new WebhookBounds(byHeap, ConnectionPool.ALL_MAX, loops);
        }
        int deliveries = Math.min(byHeap, descriptors / 2);
        int kept = Math.min(ConnectionPool.ALL_MAX, (descriptors - deliveries) / loops);
        return new WebhookBounds(deliveries, kept, loops);
    }

    /** How many file descriptors all connections take at most. */
    public int descriptors() {
        return deliveriesMax + keptMax * loops;
    }
}
