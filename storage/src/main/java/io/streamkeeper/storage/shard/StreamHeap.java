package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.stream.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * The heap that the streams of one shard take: their descriptions, the locations of their bytes, their producers (I7).
 * The share of each stream is an estimate that is computed from counts, see {@link StreamState#heapBytes}. Owned by the
 * shard's loop; the budget is shared by all shards.
 *
 * <p>A command checks that heap is available before its record is staged. The heap that the record then takes is
 * counted in any case: that of one stream, or of one more run, for which the arrays grow by half. The last sixteenth is
 * reserved for appends to existing streams. Streams that recovery finds are always accepted (I11): they can be read and
 * deleted, and appended to while heap is available.
 */
public final class StreamHeap {
    /** One part in this many of the heap is reserved: new streams and producers may not use it. */
    private static final int APPENDS_PART = 16;

    /** Dropped streams that take at least one part in this many of the heap are worth a pass that forgets them. */
    private static final int DROPPED_PART = 64;

    private final @Nullable Budget budget;
    private long droppedBytes;

    /** Counts the heap in {@code budget}; if that is null, counts nothing and always has room. */
    StreamHeap(@Nullable Budget budget) {
        this.budget = budget;
    }

    /** {@return the part of the heap for streams that is reserved for appends, in bytes} */
    public static long bytesForAppends(Budget budget) {
        return budget.bytesMax() / APPENDS_PART;
    }

    /** Whether there is room for another stream, or another producer of one. */
    boolean hasRoomForMore() {
        return budget == null || budget.leftBytes() > bytesForAppends(budget);
    }

    /** Whether there is room for another append to an existing stream by a known producer. */
    boolean hasRoom() {
        return hasRoomFor(0);
    }

    /** Whether there is room for a change of an existing stream for which it takes {@code bytes} more. */
    boolean hasRoomFor(long bytes) {
        return budget == null || budget.leftBytes() > bytes;
    }

    /** Reserves {@code bytes} for something else than streams, if there is room for more of those. */
    boolean tryReserve(long bytes) {
        return budget == null || (hasRoomForMore() && budget.tryReserve(bytes));
    }

    /** Reserves {@code bytes} for something else than streams, regardless of the bound. */
    void reserveAlways(long bytes) {
        if (budget != null) {
            budget.reserveAlways(bytes);
        }
    }

    /** The refusal if there is no room. */
    Refusal exhausted() {
        if (budget == null) {
            throw new IllegalStateException("a heap that is not counted has room");
        }
        return Refusal.of(
                ErrorCode.OVERLOADED,
                "streams take " + budget.usedBytes() + " of the " + budget.bytesMax()
                        + " bytes of heap available for them; delete streams, or start the server with a larger"
                        + " -Xmx");
    }

    /** A stream has changed: counts the heap that it takes now. */
    void count(StreamState stream) {
        count(stream, stream.heapBytes());
    }

    /** A stream is dropped: what is left of it takes heap until the extents have forgotten it. */
    void drop(StreamState stream) {
        droppedBytes += stream.countedHeapBytes();
        count(stream);
    }

    /** Nothing refers to a dropped stream any more. */
    void forget(StreamState stream) {
        count(stream, 0);
    }

    /** Whether dropped streams that are not forgotten take much heap. */
    boolean hasManyDropped() {
        return budget != null && droppedBytes > budget.bytesMax() / DROPPED_PART;
    }

    private void count(StreamState stream, long bytes) {
        if (budget == null) {
            return;
        }
        long more = bytes - stream.countedHeapBytes();
        if (more == 0) {
            return;
        }
        stream.countedHeapBytes(bytes);
        if (stream.isDurablyDropped()) {
            droppedBytes += more;
        }
        if (more > 0) {
            budget.reserveAlways(more);
        } else {
            budget.release(-more);
        }
    }
}
