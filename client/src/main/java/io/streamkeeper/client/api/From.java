package io.streamkeeper.client.api;

import io.streamkeeper.protocol.ReadStart;

/**
 * Where a read begins (section 8): at the stream's beginning, at its tail, or at an offset that was returned before.
 *
 * @param offset its text in the protocol: {@code -1}, {@code now}, or an offset, which is opaque
 */
public record From(String offset) {
    private static final From BEGINNING = new From(ReadStart.BEGINNING);
    private static final From NOW = new From(ReadStart.NOW);

    /**
     * Creates it without checking the text.
     *
     * @param offset not empty; the read checks that it is an offset of the stream
     * @throws IllegalArgumentException if it is empty
     */
    public From {
        if (offset.isEmpty()) {
            throw new IllegalArgumentException("the offset is empty; expected one that a stream returned, -1 or now");
        }
    }

    /** {@return the place of the earliest byte or message that the stream still has} */
    public static From beginning() {
        return BEGINNING;
    }

    /** {@return the tail at the time of the read: only what is appended later is read} */
    public static From now() {
        return NOW;
    }

    /**
     * {@return the place that an offset identifies}
     *
     * @param offset one that the stream returned, such as {@link Batch#nextOffset()}; the read checks it
     * @throws IllegalArgumentException if it is empty
     */
    public static From offset(String offset) {
        return new From(offset);
    }

    @Override
    public String toString() {
        return offset;
    }
}
