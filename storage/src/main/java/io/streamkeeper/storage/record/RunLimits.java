package io.streamkeeper.storage.record;

import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.Retention;

/**
 * The limits on one run of a stream. A run is the unit of location, checksum and retention; so each run of a stream
 * with retention is a small part of the data that the stream keeps.
 *
 * @param bytesMax bytes of a run, unless it is a single message or a single append
 * @param messagesMax messages of a run
 * @param millisMax how far apart in time the appends of one run may be
 */
public record RunLimits(int bytesMax, int messagesMax, long millisMax) {
    /** The size at which a run of a stream that keeps everything ends and the next one begins. */
    public static final int RUN_BYTES_MAX = 64 << 10;

    /** A run of a stream with retention has at most the retained amount divided by this number. */
    public static final int RETAINED_PARTS = 256;

    /** The appends of one run were staged within the maximum age divided by this number. */
    private static final int AGE_GRAIN = 64;

    private static final long AGE_MILLIS_MIN = 100;

    /** A stream that keeps everything. */
    public static final RunLimits ANY = new RunLimits(RUN_BYTES_MAX, Integer.MAX_VALUE, Long.MAX_VALUE);

    /** The limits on the runs of a stream with this retention. */
    public static RunLimits of(Retention retention) {
        if (retention.isNone()) {
            return ANY;
        }
        long bytes = retention.maxBytes() < 0 ? Long.MAX_VALUE : retention.maxBytes() / RETAINED_PARTS;
        long messages = retention.maxMessages() < 0 ? Long.MAX_VALUE : retention.maxMessages() / RETAINED_PARTS;
        long millis = retention.maxAgeSeconds() < 0
                ? Long.MAX_VALUE
                : Math.max(AGE_MILLIS_MIN, retention.maxAgeSeconds() * 1_000 / AGE_GRAIN);
        return new RunLimits(
                (int) Math.max(1, Math.min(RUN_BYTES_MAX, bytes)),
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, messages)),
                millis);
    }

    /**
     * The first message of an append that retention may keep. The messages before it are trimmed together with the
     * append, so their runs may be longer than these limits. Retention keeps less than {@value #RETAINED_PARTS} runs of
     * the greatest length, plus one run.
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
