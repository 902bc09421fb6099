package io.streamkeeper.protocol;

/** Where a read begins (section 8): at the beginning ({@code -1}), at the tail ({@code now}), or at an offset. */
public sealed interface ReadStart {
    /** The earliest byte that the stream holds. */
    record Beginning() implements ReadStart {}

    /** The tail as it is when the read is carried out. */
    record Now() implements ReadStart {}

    /**
     * An offset that the server issued before.
     *
     * @param offset the position to read from
     */
    record At(Offset offset) implements ReadStart {}
}
