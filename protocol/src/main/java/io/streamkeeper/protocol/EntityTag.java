package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * The entity tag of a run of bytes (section 10.1): it varies with the stream's incarnation, with the range, and with
 * whether the range ends at the tail or ends a closed stream, so that a reader that does not know this yet is not
 * answered "not modified". Its text is created only for a comparison.
 *
 * <pre>
 *   "1764099000000001:&lt;start&gt;:&lt;next&gt;:c"     :c for the end of a closed stream
 *   "1764099000000001:&lt;start&gt;:&lt;next&gt;:m"     :m if the stream has more data after the run
 *   "1764099000000001:&lt;start&gt;:&lt;next&gt;:gz"    :gz for the compressed form, which is another sequence of bytes
 * </pre>
 *
 * @param incarnation of the stream
 * @param start where the run begins
 * @param next where it ends
 * @param closed whether the stream ends there
 * @param more whether the stream has more data after it
 * @param compressed whether it is the tag of the compressed form
 */
public record EntityTag(long incarnation, Offset start, Offset next, boolean closed, boolean more, boolean compressed) {
    private static final int LENGTH_MAX = 128;

    /**
     * {@return the tag of a run}
     *
     * @param chunk the run; its bytes are not read
     */
    public static EntityTag of(Outcome.Chunk chunk) {
        return new EntityTag(
                chunk.incarnation(), chunk.start(), chunk.next(), chunk.closed(), !chunk.upToDate(), false);
    }

    /**
     * {@return the tag of a whole stream} It equals the tag of a read from the beginning to the tail.
     *
     * @param stream the state of the stream
     */
    public static EntityTag of(StreamInfo stream) {
        return new EntityTag(stream.incarnation(), stream.earliest(), stream.tail(), stream.closed(), false, false);
    }

    /** {@return the tag of the same run when it is compressed} */
    public EntityTag ofCompressed() {
        return new EntityTag(incarnation, start, next, closed, more, true);
    }

    /**
     * Writes the tag with its quotes.
     *
     * @param out gets at most {@value #LENGTH_MAX} bytes at its writer index
     */
    public void writeTo(ByteBuf out) {
        out.writeByte('"');
        new Offset(incarnation, 0).writeGenerationTo(out);
        out.writeByte(':');
        start.writeTo(out);
        out.writeByte(':');
        next.writeTo(out);
        if (closed) {
            out.writeByte(':').writeByte('c');
        }
        if (more) {
            out.writeByte(':').writeByte('m');
        }
        if (compressed) {
            out.writeByte(':').writeByte('g').writeByte('z');
        }
        out.writeByte('"');
    }

    /** The tag with its quotes. */
    @Override
    public String toString() {
        ByteBuf text = Unpooled.wrappedBuffer(new byte[LENGTH_MAX]).clear();
        writeTo(text);
        return text.toString(StandardCharsets.ISO_8859_1);
    }
}
