package io.streamkeeper.bench.load;

/**
 * When requests are due. In a closed loop, each connection sends its next request when it has received the response to
 * the previous one. At a fixed rate, each request is due at a time that does not depend on the server, and its latency
 * is measured from that time even if it is sent late: if a server stalls for a second, the delay of every request due in
 * that second counts.
 *
 * @param perSecond requests per second over all connections; 0 for a closed loop
 * @param schedule which connection sends a request at a fixed rate
 */
public record Pacing(double perSecond, Schedule schedule) {
    /** Which connection sends a request that is due. */
    public enum Schedule {
        /** Any idle connection. */
        SHARED,
        /** Each connection has its share of the rate; their times are spread evenly. */
        EACH,
        /** Each connection has its share of the rate; the times of all are the same. */
        IN_STEP
    }

    private static final double NANOS = 1e9;

    public Pacing {
        if (!(perSecond >= 0)) {
            throw new IllegalArgumentException(
                    "rate is " + perSecond + "; expected a positive number, or 0 for a closed loop");
        }
    }

    /** A rate whose requests any connection sends, or 0 for a closed loop. */
    public Pacing(double perSecond) {
        this(perSecond, Schedule.SHARED);
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

    /** When request {@code index} of one of {@code connections} is due, if each has its own schedule. */
    long dueNanos(long index, int connection, int connections) {
        return dueNanos(index * connections + (schedule == Schedule.EACH ? connection : 0));
    }
}
