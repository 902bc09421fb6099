package io.streamkeeper.bench.load;

/**
 * When requests are due. In a closed loop, each connection sends a request when it has received the last response. At a
 * fixed rate, each request is due at a time that does not depend on the server, and its latency counts from that time
 * even if it is sent late: a server that stalls for a second is charged for all requests of that second.
 *
 * @param perSecond requests per second of all connections together; 0 for a closed loop
 */
public record Pacing(double perSecond) {
    private static final double NANOS = 1e9;

    public Pacing {
        if (!(perSecond >= 0)) {
            throw new IllegalArgumentException(
                    "rate is " + perSecond + "; expected a positive number, or 0 for a closed loop");
        }
    }

    public static Pacing closedLoop() {
        return new Pacing(0);
    }

    public boolean isClosedLoop() {
        return perSecond == 0;
    }

    /** When request {@code index} is due, in nanoseconds from the start. */
    public long dueNanos(long index) {
        return (long) (index * NANOS / perSecond);
    }
}
