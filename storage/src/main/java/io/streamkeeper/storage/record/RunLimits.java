package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.JsonMessages;

/**
 * How much of a stream one run may hold. A run is what is found, checked and, by retention, let go at a time; so the runs
 * of a stream with retention are a small part of what it keeps.
 *
 * @param bytesMax bytes of a run, unless it is a single message or a single append
 * @param messagesMax messages of a run
 * @param millisMax how far apart in time the appends of one run may be
 */
public record RunLimits(int bytesMax, int messagesMax, long millisMax) {
    /** What one run of a stream that keeps everything grows to before another is begun. */
    public static final int RUN_BYTES_MAX = 64 << 10;

    /** A run of a stream with retention holds at most one part in so many of what is kept. */
    public static final int RETAINED_PARTS = 256;

    /** A stream that keeps everything. */
    public static final RunLimits ANY = new RunLimits(RUN_BYTES_MAX, Integer.MAX_VALUE, Long.MAX_VALUE);

    /**
     * The first of the messages of one append that retention may keep: all before it expire with the append itself, and so
     * need no runs as short as these limits say. What is kept is less than {@value #RETAINED_PARTS} times a run and as much
     * again.
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
