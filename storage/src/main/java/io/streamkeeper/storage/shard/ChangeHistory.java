package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.storage.record.HeapSize;
import io.streamkeeper.storage.stream.StreamState;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The last creations, closures and deletions of the streams of a shard that became durable since the start, each with a
 * number, by which those who follow them continue. Owned by the shard's loop.
 *
 * <p>Its heap is bounded, and reserved in steps of {@value #STEP_BYTES} bytes before it is used (I7). When no more is
 * available, the oldest changes are forgotten. The first {@value #BYTES_MIN} bytes are reserved at the start, so that a
 * heap full of streams leaves a history for those who follow them. A change is added in the same step in which readers
 * begin to see it, so that a listing and the number of the last change at that time are consistent.
 */
public final class ChangeHistory {
    /** The most heap of the changes that a shard keeps. */
    static final int BYTES_MAX = 2 << 20;

    /** The heap that is reserved in any case. */
    static final int BYTES_MIN = 64 << 10;

    /** The heap that is reserved at once. */
    static final int STEP_BYTES = 16 << 10;

    /** The heap of a change without its path: the change, an offset, and the place in the ring, with room to grow. */
    private static final int CHANGE_BYTES = 96;

    private static final int RING_LENGTH_FIRST = 64;

    /** Is called when a change is added. */
    public interface Listener {
        /** A change was added; on the loop of the shard. */
        void added(StreamChange change, long number);
    }

    private final LongPredicate heap;
    private long bytesMax = BYTES_MAX;

    /** The changes from {@link #first} to {@link #last}, each at its number modulo the length, a power of two. */
    private @Nullable StreamChange[] ring = new StreamChange[RING_LENGTH_FIRST];

    private long first = 1;
    private long last;
    private long bytes;
    private long reserved;
    private @Nullable Listener listener;

    /**
     * An empty history.
     *
     * @param heap reserves a number of bytes of heap, or returns false if they are not available
     */
    ChangeHistory(LongPredicate heap) {
        this.heap = heap;
    }

    /**
     * From now on at most {@code max} bytes are used, if that is less than {@value #BYTES_MAX}.
     *
     * @return the bytes that the caller has to reserve for the history
     */
    long limit(long max) {
        bytesMax = Math.min(BYTES_MAX, max);
        long more = Math.max(0, Math.min(BYTES_MIN, bytesMax) - reserved);
        reserved += more;
        return more;
    }

    /** Who is called when a change is added; null for nobody. */
    public @Nullable Listener listener() {
        return listener;
    }

    /** From now on {@code newListener} is called, in place of the one before. */
    public void listen(Listener newListener) {
        listener = newListener;
    }

    // ---- what is kept ----

    /** The number of the last change; 0 before the first one. */
    public long last() {
        return last;
    }

    /** The number of the oldest change that is kept; one more than {@link #last} if none is. */
    public long first() {
        return first;
    }

    /** The change with a number from {@link #first} to {@link #last}. */
    public StreamChange change(long number) {
        StreamChange change = number < first || number > last ? null : ring[place(number)];
        if (change == null) {
            throw new IllegalArgumentException(
                    "change " + number + " is not kept; expected one from " + first + " to " + last);
        }
        return change;
    }

    private int place(long number) {
        return (int) (number & (ring.length - 1));
    }

    // ---- changes ----

    /** Readers see a stream from now on, or not any more, or see that it is closed. */
    void add(StreamChange.Kind kind, StreamState stream) {
        StreamChange change = new StreamChange(
                kind,
                stream.pathText(),
                stream.contentType(),
                stream.offsetAt(stream.durableTail()),
                stream.isDurablyClosed(),
                stream.createdMillis());
        last++;
        if (makeRoom(size(change))) {
            ring[place(last)] = change;
        } else {
            first = last + 1;
        }
        if (listener != null) {
            listener.added(change, last);
        }
    }

    private static int size(StreamChange change) {
        return CHANGE_BYTES + HeapSize.of(change.path());
    }

    /** Makes room for the change {@link #last}; false if there is none, not even without the others. */
    private boolean makeRoom(int size) {
        while (bytes + size > reserved) {
            if (reserved + STEP_BYTES <= bytesMax && heap.test(STEP_BYTES)) {
                reserved += STEP_BYTES;
            } else if (first == last) {
                return false;
            } else {
                forgetFirst();
            }
        }
        bytes += size;
        if (last - first == ring.length) {
            grow();
        }
        return true;
    }

    private void forgetFirst() {
        bytes -= size(change(first));
        ring[place(first)] = null;
        first++;
    }

    private void grow() {
        StreamChange[] before = ring;
        ring = new StreamChange[2 * before.length];
        for (long number = first; number < last; number++) {
            ring[place(number)] = before[(int) (number & (before.length - 1))];
        }
    }
}
