package io.streamkeeper.server;

import io.streamkeeper.cluster.LogLimits;

/**
 * What the log of a cluster takes of the heap, and the largest body that it takes.
 *
 * @param bodyBytesMax the largest body
 * @param heapBytes of the heap
 */
record LogSizes(long bodyBytesMax, long heapBytes) {
    /** Without a cluster. */
    static final LogSizes NONE = new LogSizes(Long.MAX_VALUE, 0);

    private static final int BODY_PART_OF_HEAP = 16;
    private static final long BODY_BYTES_MIN = 1 << 20;
    private static final long BODY_BYTES_MAX = 32 << 20;

    /** In a process with that heap. */
    static LogSizes of(long heapBytesMax) {
        long body = Math.max(BODY_BYTES_MIN, Math.min(BODY_BYTES_MAX, heapBytesMax / BODY_PART_OF_HEAP));
        return new LogSizes(body, LogLimits.forHeap(heapBytesMax, body).heapBytes());
    }
}
