package io.streamkeeper.storage.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonMessages;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one request adds to a stream, in their stored form: for a stream of bytes, as they were sent; for a
 * JSON stream, the messages with a comma after each. It borrows the request's body and does not release it.
 *
 * @param bytes the request's body
 * @param messages the places of its messages, or null for a stream of bytes
 * @param runs the runs into which the stored bytes are divided
 */
public record Payload(ByteBuf bytes, @Nullable JsonMessages messages, Runs runs) {
    public static final Payload NONE = new Payload(Unpooled.EMPTY_BUFFER, null, Runs.NONE);

    /** The payload of a body, in runs within {@code limits}. */
    public static Payload of(Body body, RunLimits limits) {
        return body.isEmpty() ? NONE : of(body.bytes(), body.messages(), limits);
    }

    /** The payload of a body, in runs within {@code limits}. */
    public static Payload of(ByteBuf bytes, @Nullable JsonMessages messages, RunLimits limits) {
        Runs runs = messages == null ? Runs.one(bytes.readableBytes(), 1) : Runs.of(messages, limits);
        return new Payload(bytes, messages, runs);
    }

    /** The number of bytes that this adds to the stream. */
    public int storedBytes() {
        return runs.bytes();
    }

    /** The index of the first byte of the body that is stored. */
    public int start() {
        return bytes.readerIndex() + (messages == null || messages.count() == 0 ? 0 : messages.start(0));
    }

    /** The number of bytes of the body that are stored; {@link #writeEndTo} writes the stored bytes after them. */
    public int bodyBytes() {
        return hasMessages() ? storedBytes() - 1 : storedBytes();
    }

    private boolean hasMessages() {
        return messages != null && messages.count() > 0;
    }

    /** Writes the stored form at {@code block}'s writer index. The body's reader index does not move. */
    public void writeTo(ByteBuf block) {
        block.writeBytes(bytes, start(), bodyBytes());
        writeEndTo(block);
    }

    /** Writes the part of the stored form after the bytes of the body: the comma after the last message. */
    public void writeEndTo(ByteBuf block) {
        if (hasMessages()) {
            block.writeByte(',');
        }
    }
}
