package io.streamkeeper.cluster.store;

/**
 * When the next frame is proposed. A frame costs processor time on all members, whatever it holds, so records wait for
 * others that are about to arrive: those of clients which write again after the last frame was delivered. How many these
 * are is estimated from the last frames.
 *
 * <p>At most {@value #IN_FLIGHT_MAX} frames are under way, so that the next one is on its way while the first one is
 * synced. Without one under way, records wait no longer than half of what a frame takes, and at most
 * {@value #WAIT_NANOS_MAX} nanoseconds, after the last delivery: a record that arrives later does not wait at all.
 *
 * <p>Owned by the thread of the {@link FrameQueue}.
 */
final class FramePace {
    static final int IN_FLIGHT_MAX = 2;
    static final long WAIT_NANOS_MAX = 2_000_000;

    private final long[] proposedAt = new long[IN_FLIGHT_MAX];
    private int inFlight;
    /** Records of a frame while the load stays as it is. */
    private long expected;
    /** How long a frame takes from its proposal to its delivery. */
    private long frameNanos;

    private long deliveredAt;

    /** No frame is under way. */
    void reset() {
        inFlight = 0;
        expected = 0;
    }

    /** A frame with that many records was proposed. */
    void proposed(long records, long now) {
        proposedAt[inFlight++] = now;
        expected = Math.max(records, expected - (expected + 3) / 4);
    }

    /** The first frame under way is delivered. */
    void delivered(long now) {
        long took = now - proposedAt[0];
        frameNanos += (took - frameNanos) / 4;
        deliveredAt = now;
        inFlight--;
        System.arraycopy(proposedAt, 1, proposedAt, 0, inFlight);
    }

    boolean hasRoom() {
        return inFlight < IN_FLIGHT_MAX;
    }

    /**
     * How long to wait before the next frame, in nanoseconds: 0 if it is due, and {@link Long#MAX_VALUE} if it waits for
     * a delivery or for more records.
     *
     * @param records how many wait
     */
    long nanosToWait(long records, long now) {
        if (records == 0 || !hasRoom()) {
            return Long.MAX_VALUE;
        }
        if (records >= expected - expected / 4) {
            return 0;
        }
        if (inFlight > 0) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, Math.min(WAIT_NANOS_MAX, frameNanos / 2) - (now - deliveredAt));
    }
}
