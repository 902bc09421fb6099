package io.streamkeeper.storage.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.OffsetField;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one request adds to a stream, in their stored form: for a stream of bytes, as they were sent; for a
 * JSON stream, the messages with a comma after each. The offset that a message gets is the place after the message, with
 * its comma. It borrows the request's body and does not release it.
 *
 * @param bytes the request's body
 * @param messages the places of its messages, or null for a stream of bytes
 * @param runs the runs into which the stored bytes are divided
 * @param generation the generation of the stream that the bytes are added to
 * @param position the position in the stream before the first stored byte
 */
public record Payload(ByteBuf bytes, @Nullable JsonMessages messages, Runs runs, long generation, long position) {
    public static final Payload NONE = new Payload(Unpooled.EMPTY_BUFFER, null, Runs.NONE, 0, 0);

    /** The payload of a body that is added to a stream at {@code position}, in runs within {@code limits}. */
    public static Payload of(Body body, RunLimits limits, long generation, long position) {
        return body.isEmpty() ? NONE : of(body.bytes(), body.messages(), limits, generation, position);
    }

    /** The same of bytes and the places of messages in them. */
    public static Payload of(
            ByteBuf bytes, @Nullable JsonMessages messages, RunLimits limits, long generation, long position) {
        Runs runs = messages == null ? Runs.one(bytes.readableBytes(), 1) : Runs.of(messages, limits);
        return new Payload(bytes, messages, runs, generation, position);
    }

    /** The number of bytes that this adds to the stream. */
    public int storedBytes() {
        return runs.bytes();
    }

    /** The index of the first byte of the body that is stored. */
    public int start() {
        return bytes.readerIndex() + (messages == null || messages.count() == 0 ? 0 : messages.start(0));
    }

    /** The number of bytes of the body that are stored. */
    public int bodyBytes() {
        return storedBytes() - endBytes() - fieldBytes();
    }

    /** Whether the stored form is the bytes of the body, followed by those of {@link #writeEndTo}. */
    public boolean isContiguous() {
        return fieldBytes() == 0;
    }

    /** The number of bytes that {@link #writeEndTo} writes. */
    public int endBytes() {
        return messages != null && messages.count() > 0 ? 1 : 0;
    }

    private int fieldBytes() {
        return messages == null ? 0 : messages.fieldBytes();
    }

    /** Writes the stored form at {@code block}'s writer index. The body's reader index does not move. */
    public void writeTo(ByteBuf block) {
        int from = start();
        int end = from + bodyBytes();
        if (messages != null && messages.fieldCount() > 0) {
            from = writeFieldsTo(block, messages);
        }
        block.writeBytes(bytes, from, end - from);
        writeEndTo(block);
    }

    /** Writes up to the last field; returns the index of the byte after it in the body. */
    private int writeFieldsTo(ByteBuf block, JsonMessages split) {
        int from = start();
        int message = 0;
        for (int i = 0; i < split.fieldCount(); i++) {
            int place = bytes.readerIndex() + split.field(i);
            block.writeBytes(bytes, from, place - from);
            while (split.end(message) <= split.field(i) + i * OffsetField.BYTES) {
                message++;
            }
            long after = position + split.end(message) + 1 - split.start(0);
            OffsetField.write(block, new Offset(generation, after));
            from = place;
        }
        return from;
    }

    /** Writes the part of the stored form after the bytes of the body: the comma after the last message. */
    public void writeEndTo(ByteBuf block) {
        if (endBytes() > 0) {
            block.writeByte(',');
        }
    }
}
