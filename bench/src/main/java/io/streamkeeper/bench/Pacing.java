package io.streamkeeper.bench;

/**
 * When requests are due. In a closed loop each connection sends as soon as its last response is there. At a fixed rate
 * each request has its time whatever the server does, and its latency counts from that time, sent late or not: a server
 * that stands still for a second is charged for every request of that second.
 *
 * @param perSecond requests a second of all connections together; 0 for a closed loop
 */
record Pacing(double perSecond) {
    private static final double NANOS = 1e9;

    Pacing {
        if (!(perSecond >= 0)) {
            throw new IllegalArgumentException("rate is " + perSecond + "; expected 0 for as fast as it goes, or more");
        }
    }

    static Pacing closedLoop() {
        return new Pacing(0);
    }

    boolean isClosedLoop() {
        return perSecond == 0;
    }

    /** When request {@code index} is due, in nanoseconds from the start. */
    long dueNanos(long index) {
        return (long) (index * NANOS / perSecond);
    }
}
