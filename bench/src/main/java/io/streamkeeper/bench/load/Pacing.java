package io.streamkeeper.bench.load;

/**
 * When requests are due. In a closed loop each connection sends as soon as its last response is there. At a fixed rate
 * each request has its time whatever the server does, and its latency counts from that time, sent late or not: a server
 * that stands still for a second is charged for every request of that second.
 *
 * @param perSecond requests a second of all connections together; 0 for a closed loop
 */
public record Pacing(double perSecond) {
    private static final double NANOS = 1e9;

    public Pacing {
        if (!(perSecond >= 0)) {
            throw new IllegalArgumentException("rate is " + perSecond + "; expected 0 for as fast as it goes, or more");
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
