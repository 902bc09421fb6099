package io.streamkeeper.bench.load;

/**
 * When requests are due. In a closed loop, each connection sends its next request when it has received the response to
 * the previous one. At a fixed rate, each request is due at a time that does not depend on the server, and its latency
 * is measured from that time even if it is sent late: if a server stalls for a second, the delay of every request due in
 * that second counts.
 *
 * @param perSecond requests per second over all connections; 0 for a closed loop
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

    /** When request {@code index} is due, in nanoseconds from the start of the run; only at a fixed rate. */
    public long dueNanos(long index) {
        return (long) (index * NANOS / perSecond);
    }
}
