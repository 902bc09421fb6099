package io.streamkeeper.server.cli;

/**
 * How large the heap of a process that works should be: room for the live objects, and for new ones. New objects are
 * free again after their request, so more room for them only makes more memory resident: collections become rarer, but
 * each of them takes as long as before. Immutable.
 *
 * @param liveBytes about the bytes of the objects that survived the last collection
 * @param initialBytes the heap with which the JVM started
 */
record HeapTarget(long liveBytes, long initialBytes) {
    /** Room beside the live objects at least. With less, collections take more than a hundredth of the time. */
    static final long ROOM_BYTES_MIN = 48L << 20;

    /** The room beside the live objects in percent of the heap, where that is more. */
    static final int ROOM_PERCENT_MIN = 30;

    /** Free bytes between live objects, in regions of the heap that are not returned because of these objects. */
    private static final long SCATTERED_BYTES = 12L << 20;

    /**
     * G1 increases a heap with less than a quarter of its initial size by half of what is missing, as soon as collections
     * take a hundredth of the time. So the heap has more than these 32nds of the initial size.
     */
    private static final int INITIAL_32NDS_MIN = 9;

    private static final int PERCENT = 100;

    /** The size of the heap. */
    long bytes() {
        long room = Math.max(liveBytes + ROOM_BYTES_MIN, liveBytes / (PERCENT - ROOM_PERCENT_MIN) * PERCENT);
        return Math.max(room, initialBytes / 32 * INITIAL_32NDS_MIN);
    }

    /** The part of a heap of this size, in percent, that a collection finds free. */
    int freePercent() {
        return (int) ((bytes() - liveBytes - SCATTERED_BYTES) * PERCENT / bytes());
    }

    /** Whether a heap is so much larger that a collection for it is worth its time. */
    boolean isExceededBy(long heapBytes) {
        return heapBytes > bytes() + bytes() / 2;
    }
}
