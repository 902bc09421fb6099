package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.Place;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a stream that has several, or whose runs have times: an array for each property. Part of {@link
 * RunTable}, which documents the properties. Owned by the shard's loop.
 */
final class RunArrays {
    /** The heap of this object and of the arrays that are always present, without their elements. */
    private static final int HEAP_BYTES = 48 + 3 * 16;

    private static final int ARRAY_HEAD_BYTES = 16;

    /** The place of the stream in the list of the file that has a run; runs may share one. */
    private static final int REFERRER_BYTES = 4;

    Place[] places;
    long[] locations;
    long[] ends;

    /** Null while each run has one message: most streams of bytes whose appends do not follow each other in memory. */
    long @Nullable [] messageEnds;

    /** Null unless runs have times. */
    long @Nullable [] times;

    /** Null while no run has lengths. */
    @Nullable
    AppendLengths @Nullable [] lengths;

    int count;

    /** The heap that the elements of {@link #lengths} take. */
    private long lengthsBytes;

    RunArrays(int capacity, boolean timed) {
        places = new Place[capacity];
        locations = new long[capacity];
        ends = new long[capacity];
        times = timed ? new long[capacity] : null;
    }

    /** From now on, keeps the time of each run; see {@link RunTable#keepTimes}. */
    void keepTimes() {
        long[] newest = new long[ends.length];
        for (int run = 0; run < count; run++) {
            newest[run] = places[run].newestMillis();
        }
        times = newest;
    }

    /** Adds a run, which the caller sets. */
    void add() {
        if (count == ends.length) {
            resize(count == 0 ? 1 : count + Math.max(1, count >> 1));
        }
        count++;
    }

    private void resize(int capacity) {
        places = Arrays.copyOf(places, capacity);
        locations = Arrays.copyOf(locations, capacity);
        ends = Arrays.copyOf(ends, capacity);
        messageEnds = messageEnds == null ? null : Arrays.copyOf(messageEnds, capacity);
        times = times == null ? null : Arrays.copyOf(times, capacity);
        lengths = lengths == null ? null : Arrays.copyOf(lengths, capacity);
    }

    /** Sets a run, whose lengths are kept; {@code oneEach} is its message end if each run has one message. */
    void set(int run, Place place, long location, long end, long messageEnd, long oneEach, long millis) {
        places[run] = place;
        locations[run] = location;
        ends[run] = end;
        if (messageEnds == null && messageEnd != oneEach) {
            countMessages(oneEach - run);
        }
        if (messageEnds != null) {
            messageEnds[run] = messageEnd;
        }
        if (times != null) {
            times[run] = millis;
        }
    }

    /** From now on, keeps the message end of each run; the first run has message {@code first}. */
    void countMessages(long first) {
        if (messageEnds == null) {
            messageEnds = new long[ends.length];
            for (int run = 0; run < count; run++) {
                messageEnds[run] = first + run;
            }
        }
    }

    void removeLast() {
        count--;
        places[count] = Block.NONE;
        setLengths(count, null);
    }

    /** Moves the runs from {@code from} on to {@code to}; the caller sets the runs between. */
    void shift(int from, int to) {
        int moved = count - from;
        int newCount = to + moved;
        if (newCount > ends.length) {
            resize(newCount);
        }
        shift(places, from, to, moved);
        shift(locations, from, to, moved);
        shift(ends, from, to, moved);
        if (messageEnds != null) {
            shift(messageEnds, from, to, moved);
        }
        if (times != null) {
            shift(times, from, to, moved);
        }
        if (lengths != null) {
            shift(lengths, from, to, moved);
        }
        while (count > newCount) {
            removeLast();
        }
        count = newCount;
        countLengths();
    }

    /** Frees room that is not needed, if it is for more than one run; the first run has message {@code first}. */
    void trim(long first) {
        if (messageEnds != null && hasOneMessageEach(first)) {
            messageEnds = null;
        }
        if (lengths != null && lengthsBytes == 0) {
            lengths = null;
        }
        if (count < ends.length - 1) {
            resize(count);
        }
    }

    private boolean hasOneMessageEach(long first) {
        for (int run = 0; run < count; run++) {
            if (messageEnds == null || messageEnds[run] != first + run) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("SuspiciousSystemArraycopy")
    private static void shift(Object array, int from, int to, int moved) {
        System.arraycopy(array, from, array, to, moved);
    }

    // ---- lengths ----

    @Nullable
    AppendLengths lengths(int run) {
        return lengths == null ? null : lengths[run];
    }

    void setLengths(int run, @Nullable AppendLengths newLengths) {
        if (lengths == null) {
            if (newLengths == null) {
                return;
            }
            lengths = new AppendLengths[ends.length];
        }
        lengthsBytes += bytes(newLengths) - bytes(lengths[run]);
        lengths[run] = newLengths;
    }

    /** The lengths of a run take {@code bytes} more. */
    void lengthsGrew(long bytes) {
        lengthsBytes += bytes;
    }

    private void countLengths() {
        lengthsBytes = 0;
        for (int run = 0; run < count; run++) {
            lengthsBytes += bytes(lengths(run));
        }
    }

    private static long bytes(@Nullable AppendLengths lengths) {
        return lengths == null ? 0 : lengths.heapBytes();
    }

    /** The heap that all of this takes. */
    long heapBytes() {
        long capacity = ends.length;
        return HEAP_BYTES
                + capacity * (4 + 8 + 8)
                + (long) count * REFERRER_BYTES
                + (messageEnds == null ? 0 : ARRAY_HEAD_BYTES + capacity * 8)
                + (times == null ? 0 : ARRAY_HEAD_BYTES + capacity * 8)
                + (lengths == null ? 0 : ARRAY_HEAD_BYTES + capacity * 4 + lengthsBytes);
    }
}
