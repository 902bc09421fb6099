package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.JsonMessages;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one request adds to a stream, and how they are laid down: as they came, or for JSON message by message
 * with a comma behind each. It borrows the request's body.
 *
 * @param bytes the request's body
 * @param messages where its messages lie, or null for a stream of bytes
 * @param runs how the stored bytes fall into runs
 */
record Payload(ByteBuf bytes, @Nullable JsonMessages messages, Runs runs) {
    static final Payload NONE = new Payload(Unpooled.EMPTY_BUFFER, null, Runs.NONE);

    /** A body that falls into runs as {@code limits} say. */
    static Payload of(ByteBuf bytes, @Nullable JsonMessages messages, RunLimits limits) {
        Runs runs = messages == null ? Runs.one(bytes.readableBytes(), 1) : Runs.of(messages, limits);
        return new Payload(bytes, messages, runs);
    }

    /** Bytes that this takes in the stream. */
    int storedBytes() {
        return runs.bytes();
    }

    /** Writes the stored form behind {@code block}'s writer index. The body is read but not consumed. */
    void writeTo(ByteBuf block) {
        int base = bytes.readerIndex();
        if (messages == null) {
            block.writeBytes(bytes, base, bytes.readableBytes());
            return;
        }
        int first = 0;
        while (first < messages.count()) {
            int last = lastOfRun(messages, first);
            block.writeBytes(bytes, base + messages.start(first), messages.end(last) - messages.start(first));
            block.writeByte(',');
            first = last + 1;
        }
    }

    /** The last message that is parted from the ones before by nothing but commas, so that one copy takes them all. */
    private static int lastOfRun(JsonMessages messages, int first) {
        int last = first;
        while (last + 1 < messages.count() && messages.start(last + 1) == messages.end(last) + 1) {
            last++;
        }
        return last;
    }
}
