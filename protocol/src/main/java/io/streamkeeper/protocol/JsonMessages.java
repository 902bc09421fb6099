package io.streamkeeper.protocol;

import java.util.Arrays;

/**
 * Where the messages of one JSON body lie (section 9.1): each from {@link #start} to {@link #end}, in bytes from the
 * body's first byte, in order. A message is stored as the client's own bytes followed by one comma.
 */
public final class JsonMessages {
    /** A body of no messages: an empty array. */
    public static final JsonMessages NONE = new JsonMessages(new int[0], 0);

    private final int[] bounds;
    private final int count;
    private final int storedBytes;

    /** Takes over {@code bounds}: start and end of each message in turn; what lies behind {@code count} is ignored. */
    JsonMessages(int[] bounds, int count) {
        this.bounds = bounds;
        this.count = count;
        int bytes = count;
        for (int i = 0; i < count; i++) {
            bytes += bounds[2 * i + 1] - bounds[2 * i];
        }
        this.storedBytes = bytes;
    }

    /** {@return how many there are} */
    public int count() {
        return count;
    }

    /** {@return the bytes that the messages take in a stream: their own and a comma each} */
    public int storedBytes() {
        return storedBytes;
    }

    /**
     * {@return the first byte of a message}
     *
     * @param index which of them, 0 … {@link #count} - 1; another one is not checked
     */
    public int start(int index) {
        return bounds[2 * index];
    }

    /**
     * {@return the byte after the last one of a message}
     *
     * @param index which of them, 0 … {@link #count} - 1; another one is not checked
     */
    public int end(int index) {
        return bounds[2 * index + 1];
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(bounds, 2 * count));
    }
}
