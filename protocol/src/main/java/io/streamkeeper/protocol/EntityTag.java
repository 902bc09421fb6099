package io.streamkeeper.protocol;

/**
 * The entity tag of a run of bytes (section 10.1): it varies with the stream's incarnation, with the range, and with
 * whether the range ends a closed stream, so that nobody is told "not modified" where there is an end to be told.
 */
public final class EntityTag {
    private EntityTag() {}

    /**
     * {@return the tag with its quotes, such as {@code "1764099000000001:<start>:<next>:c"}}
     *
     * @param chunk the run; its bytes are not looked at
     */
    public static String of(Outcome.Chunk chunk) {
        return of(chunk.incarnation(), chunk.start(), chunk.next(), chunk.closed());
    }

    /**
     * {@return the tag of all that a stream holds} It is that of a read from the beginning to the tail.
     *
     * @param stream how the stream is
     */
    public static String of(StreamInfo stream) {
        return of(stream.incarnation(), stream.earliest(), stream.tail(), stream.closed());
    }

    private static String of(long incarnation, Offset start, Offset next, boolean closed) {
        String life = new Offset(incarnation, 0).generationText();
        return "\"" + life + ":" + start + ":" + next + (closed ? ":c\"" : "\"");
    }
}
