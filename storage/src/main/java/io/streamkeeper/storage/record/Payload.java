package io.streamkeeper.storage.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonMessages;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one request adds to a stream, and how they are laid down: as they came, or for JSON the messages with
 * a comma after each. It borrows the request's body.
 *
 * @param bytes the request's body
 * @param messages where its messages lie, or null for a stream of bytes
 * @param runs how the stored bytes fall into runs
 */
public record Payload(ByteBuf bytes, @Nullable JsonMessages messages, Runs runs) {
    public static final Payload NONE = new Payload(Unpooled.EMPTY_BUFFER, null, Runs.NONE);

    /** What a body adds to a stream, in runs as {@code limits} say. */
    public static Payload of(Body body, RunLimits limits) {
        return body.isEmpty() ? NONE : of(body.bytes(), body.messages(), limits);
    }

    /** A body that falls into runs as {@code limits} say. */
    public static Payload of(ByteBuf bytes, @Nullable JsonMessages messages, RunLimits limits) {
        Runs runs = messages == null ? Runs.one(bytes.readableBytes(), 1) : Runs.of(messages, limits);
        return new Payload(bytes, messages, runs);
    }

    /** Bytes that this takes in the stream. */
    public int storedBytes() {
        return runs.bytes();
    }

    /** The first byte of the body that is stored. */
    public int start() {
        return bytes.readerIndex() + (messages == null || messages.count() == 0 ? 0 : messages.start(0));
    }

    /** How many bytes of the body are stored; behind them comes what {@link #writeEndTo} writes. */
    public int bodyBytes() {
        return hasMessages() ? storedBytes() - 1 : storedBytes();
    }

    private boolean hasMessages() {
        return messages != null && messages.count() > 0;
    }

    /** Writes the stored form behind {@code block}'s writer index. The body is read but not consumed. */
    public void writeTo(ByteBuf block) {
        block.writeBytes(bytes, start(), bodyBytes());
        writeEndTo(block);
    }

    /** Writes what the stored form has behind the body's own bytes: the comma after the last message. */
    public void writeEndTo(ByteBuf block) {
        if (hasMessages()) {
            block.writeByte(',');
        }
    }
}
