package io.streamkeeper.storage;

/**
 * How much of a stream one run may hold. A run is what is found, checked and, by retention, let go at a time; so the runs
 * of a stream with retention are a small part of what it keeps.
 *
 * @param bytesMax bytes of a run, unless it is a single message or a single append
 * @param messagesMax messages of a run
 * @param millisMax how far apart in time the appends of one run may be
 */
record RunLimits(int bytesMax, int messagesMax, long millisMax) {
    /** What one run of a stream that keeps everything grows to before another is begun. */
    static final int RUN_BYTES_MAX = 64 << 10;

    /** A stream that keeps everything. */
    static final RunLimits ANY = new RunLimits(RUN_BYTES_MAX, Integer.MAX_VALUE, Long.MAX_VALUE);

    boolean allow(long bytes, long messages) {
        return bytes <= bytesMax && messages <= messagesMax;
    }
}
