package io.streamkeeper.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The field {@code offset} that a server adds to the {@code headers} of a state message (STATE-PROTOCOL.md, sections 4
 * and 5). It is the last one of its object, which has at least one other:
 *
 * <pre>
 *   ,"offset":"1764099000000001_0000000000002468"
 * </pre>
 */
public final class OffsetField {
    private static final byte[] BEGINNING = ",\"offset\":\"".getBytes(StandardCharsets.US_ASCII);

    /** The length of each field in bytes. */
    public static final int BYTES = BEGINNING.length + Offset.TEXT_LENGTH + 1;

    private OffsetField() {}

    /**
     * Writes a field.
     *
     * @param out gets {@link #BYTES} bytes at its writer index
     * @param offset its value
     */
    public static void write(ByteBuf out, Offset offset) {
        out.writeBytes(BEGINNING);
        offset.writeTo(out);
        out.writeByte('"');
    }
}
