package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.JsonMessages;

/**
 * How much of a stream one run may have. A run is the unit that is located, checked and, by retention, dropped; so the
 * runs of a stream with retention are a small part of what it keeps.
 *
 * @param bytesMax bytes of a run, unless it is a single message or a single append
 * @param messagesMax messages of a run
 * @param millisMax how far apart in time the appends of one run may be
 */
public record RunLimits(int bytesMax, int messagesMax, long millisMax) {
    /** The size at which a run of a stream that keeps everything ends, and another is begun. */
    public static final int RUN_BYTES_MAX = 64 << 10;

    /** A run of a stream with retention has at most this part of what is kept: one in so many. */
    public static final int RETAINED_PARTS = 256;

    /** A stream that keeps everything. */
    public static final RunLimits ANY = new RunLimits(RUN_BYTES_MAX, Integer.MAX_VALUE, Long.MAX_VALUE);

    /**
     * The first message of an append that retention may keep. Those before it are trimmed with the append itself, so
     * their runs need not be as short as these limits say. What is kept is less than {@value #RETAINED_PARTS} times a
     * run, plus one run.
     */
    int firstKept(JsonMessages appended) {
        int first = 0;
        if (messagesMax != Integer.MAX_VALUE) {
            first = (int) Math.max(first, appended.count() - RETAINED_PARTS * (messagesMax + 1L));
        }
        if (bytesMax < RUN_BYTES_MAX) {
            long kept = RETAINED_PARTS * (bytesMax + 1L);
            long end = appended.start(0) + appended.storedBytes() - kept;
            first = Math.max(first, appended.firstEndingAfter(0, (int) Math.max(end, 0)));
        }
        return first;
    }

    public boolean allow(long bytes, long messages) {
        return bytes <= bytesMax && messages <= messagesMax;
    }
}
