package io.streamkeeper.cluster;

/**
 * Times and sizes of a replicated log.
 *
 * @param electionTimeoutMillis a member without a message from the leader for this time, up to twice as long, starts an
 *     election
 * @param bytesInFlightMax memory of the frames that are reserved or proposed, and neither delivered nor lost
 * @param frameBytesMax length of a frame; on each member, a frame longer than {@link EntryLayout#PART_BYTES_MAX} takes
 *     this much memory once more while its parts arrive
 * @param segmentBytes length of a file of the log; the entries of the last one are also in memory, and up to as much of
 *     those before it
 * @param keptBytes length of the log that is kept for members that are behind, although this member no longer needs it
 */
public record LogLimits(
        int electionTimeoutMillis, int bytesInFlightMax, int frameBytesMax, int segmentBytes, long keptBytes) {
    private static final int MIB = 1 << 20;

    /** For a process with some hundred MiB of heap. */
    public static final LogLimits DEFAULT = new LogLimits(1_000, 16 * MIB, 80 * MIB, 16 * MIB, 1_024L * MIB);

    /** Checks each value, and that they fit each other. */
    public LogLimits {
        check("the election timeout", electionTimeoutMillis, 100, 60_000);
        check("the bytes in flight", bytesInFlightMax, MIB, 1_024L * MIB);
        check("the bytes of a frame", frameBytesMax, 1, 512L * MIB);
        check("the bytes of a segment", segmentBytes, MIB, 512L * MIB);
        check("the bytes of the log that are kept", keptBytes, 0, Long.MAX_VALUE);
    }

    /**
     * The limits for a process.
     *
     * @param heapBytes its heap
     * @param recordBytesMax the longest payload of a record
     */
    public static LogLimits forHeap(long heapBytes, long recordBytesMax) {
        int segment = (int) within(heapBytes / 32, 2 * MIB, 16 * MIB);
        long frame = recordBytesMax + recordBytesMax / 4 + 2 * MIB;
        long inFlight = Math.max(within(heapBytes / 16, 4 * MIB, 16 * MIB), frame + MIB);
        return new LogLimits(DEFAULT.electionTimeoutMillis, (int) inFlight, (int) frame, segment, DEFAULT.keptBytes);
    }

    private static long within(long value, long min, long max) {
        return Math.max(min, Math.min(max, value));
    }

    /** The heap that the log needs at most, with that of the messages between the members. */
    public long heapBytes() {
        return 2L * segmentBytes + bytesInFlightMax + 16L * MIB;
    }

    private static void check(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " are " + value + "; expected " + min + " to " + max);
        }
    }

    /** The same with another election timeout. */
    public LogLimits withElectionTimeoutMillis(int millis) {
        return new LogLimits(millis, bytesInFlightMax, frameBytesMax, segmentBytes, keptBytes);
    }

    /** The same with another bound of the frames in flight. */
    public LogLimits withBytesInFlightMax(int bytes) {
        return new LogLimits(electionTimeoutMillis, bytes, frameBytesMax, segmentBytes, keptBytes);
    }

    /** The same with another length of a frame. */
    public LogLimits withFrameBytesMax(int bytes) {
        return new LogLimits(electionTimeoutMillis, bytesInFlightMax, bytes, segmentBytes, keptBytes);
    }

    /** The same with another length of a segment. */
    public LogLimits withSegmentBytes(int bytes) {
        return new LogLimits(electionTimeoutMillis, bytesInFlightMax, frameBytesMax, bytes, keptBytes);
    }

    /** The same with another length of the log that is kept. */
    public LogLimits withKeptBytes(long bytes) {
        return new LogLimits(electionTimeoutMillis, bytesInFlightMax, frameBytesMax, segmentBytes, bytes);
    }
}
