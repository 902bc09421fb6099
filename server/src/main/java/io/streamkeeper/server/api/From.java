package io.streamkeeper.server.api;

import io.streamkeeper.protocol.ReadStart;

/**
 * Where a read begins (section 8): at the stream's beginning, at its tail, or at an offset that was told before.
 *
 * @param offset the text that the protocol has for it: {@code -1}, {@code now}, or an offset, which is opaque
 */
public record From(String offset) {
    private static final From BEGINNING = new From(ReadStart.BEGINNING);
    private static final From NOW = new From(ReadStart.NOW);

    /**
     * Takes the text as it is.
     *
     * @param offset not empty; whether a stream told it shows when it is read from
     * @throws IllegalArgumentException if it is empty
     */
    public From {
        if (offset.isEmpty()) {
            throw new IllegalArgumentException("the offset is empty; expected one that a stream told, -1 or now");
        }
    }

    /** {@return the place of the earliest byte or message that the stream still has} */
    public static From beginning() {
        return BEGINNING;
    }

    /** {@return the tail as it is when the read is carried out: only what comes later is read} */
    public static From now() {
        return NOW;
    }

    /**
     * {@return the place that an offset names}
     *
     * @param offset one that the stream told, such as {@link Batch#nextOffset()}; whether it is one shows when it is read
     *     from
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
