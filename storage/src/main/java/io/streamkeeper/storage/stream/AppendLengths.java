package io.streamkeeper.storage.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Variable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lengths of the appends in those runs of a stream of bytes that contain more than one append, each length {@link
 * Variable}. For a run in memory this keeps the lengths themselves; for a run in a file, their location. Owned by the
 * shard's loop.
 *
 * <p>The lengths of a run add up to its bytes, so no count of them is kept: the rest of their array is unused.
 */
public final class AppendLengths {
    private static final int NO_RUN = -1;

    /** The heap that a run takes in the arrays of this class: a reference, its location, its size. */
    private static final int RUN_BYTES = 4 + 8 + 4;

    private static final int ARRAY_HEAD_BYTES = 16;

    /** The encoded lengths of each run in memory, else null. */
    private byte[][] memory;

    /** For lengths in a file, their position and, in the lower half, their checksum. */
    private long[] locations;

    /** For lengths in a file, their size in bytes, else 0. */
    private int[] sizes;

    /** The run that grows, whose array has unused bytes after the first {@link #used}. */
    private int open = NO_RUN;

    private int used;

    /** The heap that the arrays in {@link #memory} take. */
    private long arrayBytes;

    AppendLengths(int capacity) {
        memory = new byte[capacity][];
        locations = new long[capacity];
        sizes = new int[capacity];
    }

    void resize(int capacity) {
        memory = Arrays.copyOf(memory, capacity);
        locations = Arrays.copyOf(locations, capacity);
        sizes = Arrays.copyOf(sizes, capacity);
        countArrays();
    }

    private void countArrays() {
        arrayBytes = 0;
        for (byte[] array : memory) {
            arrayBytes += bytes(array);
        }
    }

    private static int bytes(byte @Nullable [] array) {
        return array == null ? 0 : ARRAY_HEAD_BYTES + array.length;
    }

    private void put(int run, byte @Nullable [] array) {
        arrayBytes += bytes(array) - bytes(memory[run]);
        memory[run] = array;
    }

    /** The heap that all of this takes. */
    long heapBytes() {
        return arrayBytes + (long) memory.length * RUN_BYTES;
    }

    /** A run of {@code runBytes} bytes grows by an append of {@code bytes}. */
    void joined(int run, int runBytes, int bytes) {
        if (run != open) {
            trim();
            open = run;
            used = 0;
            byte[] known = memory[run];
            if (known == null) {
                add(runBytes);
            } else {
                used = known.length;
            }
        }
        add(bytes);
    }

    private void add(int bytes) {
        byte[] array = memory[open];
        if (array == null || array.length - used < Variable.BYTES_MAX) {
            array = array == null ? new byte[2 * Variable.BYTES_MAX] : Arrays.copyOf(array, 2 * array.length);
            put(open, array);
        }
        ByteBuf out = Unpooled.wrappedBuffer(array).writerIndex(used);
        Variable.write(out, bytes);
        used = out.writerIndex();
    }

    /** Ends the growth of the open run: cuts its array to the bytes that are used. */
    private void trim() {
        if (open != NO_RUN) {
            byte[] array = memory[open];
            put(open, array == null ? null : Arrays.copyOf(array, used));
            open = NO_RUN;
        }
    }

    /** A run has a single append, or ends inside one. */
    void clear(int run) {
        if (run == open) {
            open = NO_RUN;
        }
        put(run, null);
        sizes[run] = 0;
    }

    /** The lengths of a run are in a file. */
    void inFile(int run, long location, int bytes) {
        clear(run);
        locations[run] = location;
        sizes[run] = bytes;
    }

    /** A run in memory is cut to {@code runBytes}, where one of its appends ends. */
    void truncate(int run, int runBytes) {
        trim();
        ByteBuf lengths = ofMemory(run, runBytes);
        int first = lengths == null ? runBytes : Variable.readCount(lengths.duplicate());
        put(run, lengths == null || first == runBytes ? null : Arrays.copyOf(lengths.array(), lengths.writerIndex()));
    }

    /** The lengths of a run of {@code runBytes} bytes in memory, or null if it is a single append. */
    @Nullable
    ByteBuf ofMemory(int run, int runBytes) {
        byte[] array = memory[run];
        if (array == null) {
            return null;
        }
        ByteBuf lengths = Unpooled.wrappedBuffer(array);
        int sum = 0;
        while (sum < runBytes) {
            sum += Variable.readCount(lengths);
        }
        return lengths.writerIndex(lengths.readerIndex()).readerIndex(0);
    }

    /** The position of a run's lengths in its file, and their checksum in the lower half. */
    long location(int run) {
        return locations[run];
    }

    /** The size in bytes of a run's lengths in its file, or 0 if it has none. */
    int size(int run) {
        return sizes[run];
    }

    /** Moves {@code moved} runs from index {@code from} to index {@code to}. */
    void shift(int from, int to, int moved) {
        trim();
        int capacity = Math.max(memory.length, to + moved);
        if (capacity > memory.length) {
            resize(capacity);
        }
        System.arraycopy(memory, from, memory, to, moved);
        System.arraycopy(locations, from, locations, to, moved);
        System.arraycopy(sizes, from, sizes, to, moved);
        countArrays();
    }

    /** The end, within a run with these lengths, of the append that contains the byte at {@code index}. */
    public static int endAfter(ByteBuf lengths, int index) {
        ByteBuf in = lengths.duplicate();
        int end = 0;
        while (end <= index) {
            end += Variable.readCount(in);
        }
        return end;
    }
}
