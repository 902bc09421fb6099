package io.streamkeeper.storage.stream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The locations of runs of one stream in a file, in the order of the stream. Not changed after it is complete. */
public final class StoredRuns {
    private final long start;
    private final long messagesBefore;
    private long[] ends;
    private long[] locations;
    private int[] messages;
    private long @Nullable [] millis;
    private long @Nullable [] lengthsLocations;
    private int @Nullable [] lengthsSizes;
    private int count;

    /** Runs that begin at {@code start}, before which the stream has {@code messagesBefore} messages. */
    public StoredRuns(long start, long messagesBefore, boolean timed) {
        this(start, messagesBefore, timed, 1);
    }

    /** The same, with room for {@code capacity} runs. */
    public StoredRuns(long start, long messagesBefore, boolean timed, int capacity) {
        this.start = start;
        this.messagesBefore = messagesBefore;
        this.ends = new long[capacity];
        this.locations = new long[capacity];
        this.messages = new int[capacity];
        this.millis = timed ? new long[capacity] : null;
    }

    /** The location of a run: its position in the file, and its checksum. */
    public static long location(long position, int checksum) {
        return position << 32 | (checksum & 0xffffffffL);
    }

    public void add(long position, int checksum, int bytes, int runMessages, long runMillis) {
        if (count == ends.length) {
            resize(2 * count);
        }
        ends[count] = end() + bytes;
        locations[count] = location(position, checksum);
        messages[count] = runMessages;
        if (millis != null) {
            millis[count] = runMillis;
        }
        count++;
    }

    private void resize(int capacity) {
        ends = Arrays.copyOf(ends, capacity);
        locations = Arrays.copyOf(locations, capacity);
        messages = Arrays.copyOf(messages, capacity);
        millis = millis == null ? null : Arrays.copyOf(millis, capacity);
        lengthsLocations = lengthsLocations == null ? null : Arrays.copyOf(lengthsLocations, capacity);
        lengthsSizes = lengthsSizes == null ? null : Arrays.copyOf(lengthsSizes, capacity);
    }

    /**
     * Notes that a run has more than one append, whose lengths take {@code size} bytes; {@link #placeLengths} sets
     * their location.
     */
    public void lengths(int run, int checksum, int size) {
        if (lengthsLocations == null || lengthsSizes == null) {
            lengthsLocations = new long[ends.length];
            lengthsSizes = new int[ends.length];
        }
        lengthsLocations[run] = location(0, checksum);
        lengthsSizes[run] = size;
    }

    /**
     * Sets the location of the lengths of the runs from {@code first} on, which follow each other from {@code position}
     * on; returns the position after them.
     */
    public long placeLengths(int first, long position) {
        long end = position;
        for (int run = first; run < count && lengthsLocations != null; run++) {
            lengthsLocations[run] = location(end, lengthsChecksum(run));
            end += lengthsBytes(run);
        }
        return end;
    }

    /** Whether a run has lengths of appends. */
    public boolean hasLengths() {
        return lengthsLocations != null;
    }

    /** The size in bytes of the lengths of a run's appends, or 0 if it has at most one append, or is JSON. */
    public int lengthsBytes(int run) {
        return lengthsSizes == null ? 0 : lengthsSizes[run];
    }

    /** The position in the file of those lengths in the upper half, their checksum in the lower. */
    public long lengthsLocation(int run) {
        return lengthsLocations == null ? 0 : lengthsLocations[run];
    }

    /** The position in the file of the lengths of a run's appends. */
    public int lengthsPosition(int run) {
        return (int) (lengthsLocation(run) >>> 32);
    }

    /** The checksum of those lengths. */
    public int lengthsChecksum(int run) {
        return (int) lengthsLocation(run);
    }

    public int count() {
        return count;
    }

    /** The stream's position at which the first run begins. */
    public long start() {
        return start;
    }

    /** Messages, or appends of a stream of bytes, before the first run. */
    public long messagesBefore() {
        return messagesBefore;
    }

    /** Messages, or appends of a stream of bytes, before a run. */
    public long messagesBefore(int run) {
        long before = messagesBefore;
        for (int i = 0; i < run; i++) {
            before += messages[i];
        }
        return before;
    }

    /** The position after the last run. */
    public long end() {
        return count == 0 ? start : ends[count - 1];
    }

    /** The number of runs from the first up to the one that ends at {@code position}; 0 if none ends there. */
    public int countUpTo(long position) {
        int found = Arrays.binarySearch(ends, 0, count, position);
        return found < 0 ? 0 : found + 1;
    }

    public long start(int run) {
        return run == 0 ? start : ends[run - 1];
    }

    public long end(int run) {
        return ends[run];
    }

    public int bytes(int run) {
        return (int) (end(run) - start(run));
    }

    /** The messages of one run; for a stream of bytes, the appends that end in it. */
    public int messages(int run) {
        return messages[run];
    }

    /** The run's position in the file in the upper half, its checksum in the lower. */
    public long location(int run) {
        return locations[run];
    }

    /** The run's first byte in the file. */
    public int position(int run) {
        return (int) (locations[run] >>> 32);
    }

    /** The checksum of the run's bytes. */
    public int checksum(int run) {
        return (int) locations[run];
    }

    /** Whether the runs have times. */
    public boolean isTimed() {
        return millis != null;
    }

    /** When the last append of a run was staged, if the runs have times. */
    public long millis(int run) {
        return millis == null ? 0 : millis[run];
    }
}
