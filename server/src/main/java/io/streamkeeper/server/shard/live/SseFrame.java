package io.streamkeeper.server.shard.live;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.EventId;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.SseEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Events framed as one chunk of a chunked HTTP response. The length of the chunk is written last, into eight digits
 * reserved for it, so that the events are encoded in place.
 */
public final class SseFrame {
    private static final int LENGTH_DIGITS = 8;
    private static final int CONTROL_BYTES = 320;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private SseFrame() {}

    /**
     * Bytes of a chunk that can be sent now. An incomplete character at the end, and a carriage return that a line feed
     * may follow, wait for the next bytes, unless the stream is closed and no bytes will follow.
     */
    static int sendableBytes(Outcome.Chunk chunk) {
        boolean holdsBack = chunk.contentType().isText() && !chunk.contentType().isJson() && !chunk.closed();
        int all = chunk.bytes().readableBytes();
        int sendable = holdsBack ? SseEncoder.tellableTextLength(chunk.bytes()) : all;
        return sendable == 0 && !chunk.upToDate() ? all : sendable;
    }

    /**
     * The events of a chunk: its data, if it has any, and a control event.
     *
     * @param cursor the cursor in the control event
     * @param framed whether the client gets chunked coding; one of HTTP/1.0 does not
     * @return owned by the caller
     */
    public static ByteBuf encode(ByteBufAllocator allocator, Outcome.Chunk chunk, String cursor, boolean framed) {
        ByteBuf frame = begin(
                allocator,
                SseEncoder.encodedBytesHint(chunk.contentType(), chunk.bytes().readableBytes()),
                framed);
        if (chunk.bytes().isReadable()) {
            SseEncoder.data(frame, chunk.contentType(), chunk.bytes(), chunk.next());
        }
        SseEncoder.control(frame, chunk.next(), cursor, chunk.upToDate(), chunk.closed());
        return finish(frame, framed);
    }

    /**
     * The data event of a chunk of one of several streams.
     *
     * @param base64 whether the data is base64, and not text or JSON
     * @param id with which its reader resumes after the chunk
     * @return owned by the caller
     */
    public static ByteBuf data(
            ByteBufAllocator allocator, Outcome.Chunk chunk, boolean base64, EventId id, boolean framed) {
        ContentType type = base64 ? ContentType.OCTET_STREAM : chunk.contentType();
        int hint = SseEncoder.encodedBytesHint(type, chunk.bytes().readableBytes());
        ByteBuf frame = begin(allocator, hint + id.bytesMax(), framed);
        SseEncoder.data(frame, type, chunk.bytes(), id);
        return finish(frame, framed);
    }

    /**
     * An event of another kind.
     *
     * @param json its data, one line
     * @param id with which its reader resumes; null for an event without an id
     */
    public static ByteBuf event(
            ByteBufAllocator allocator, String event, String json, @Nullable EventId id, boolean framed) {
        ByteBuf frame = begin(allocator, json.length() + (id == null ? 0 : id.bytesMax()), framed);
        SseEncoder.event(frame, event, json, id);
        return finish(frame, framed);
    }

    /** The control event that ends a live read because its reader may not read any more. */
    public static ByteBuf authorizationEnded(ByteBufAllocator allocator, Offset next, String cursor, boolean framed) {
        ByteBuf frame = begin(allocator, 0, framed);
        SseEncoder.authorizationEnded(frame, next, cursor);
        return finish(frame, framed);
    }

    /** A comment, which keeps a silent connection open. */
    public static ByteBuf comment(ByteBufAllocator allocator, boolean framed) {
        ByteBuf frame = begin(allocator, 0, framed);
        SseEncoder.comment(frame);
        return finish(frame, framed);
    }

    /** A field that sets how long a client waits before it connects again. */
    public static ByteBuf retry(ByteBufAllocator allocator, int millis, boolean framed) {
        ByteBuf frame = begin(allocator, 0, framed);
        SseEncoder.retry(frame, millis);
        return finish(frame, framed);
    }

    static ByteBuf begin(ByteBufAllocator allocator, int bytes, boolean framed) {
        ByteBuf frame = allocator.buffer(bytes + CONTROL_BYTES);
        return framed ? frame.writeZero(LENGTH_DIGITS).writeByte('\r').writeByte('\n') : frame;
    }

    /** The content of a framed event, without copying it; owned by the caller. */
    static ByteBuf unframed(ByteBuf frame) {
        int start = frame.readerIndex() + LENGTH_DIGITS + 2;
        return frame.retainedSlice(start, frame.writerIndex() - 2 - start);
    }

    static ByteBuf finish(ByteBuf frame, boolean framed) {
        if (framed) {
            int length = frame.writerIndex() - LENGTH_DIGITS - 2;
            for (int digit = LENGTH_DIGITS - 1; digit >= 0; digit--) {
                frame.setByte(digit, HEX[length & 15]);
                length >>>= 4;
            }
            frame.writeByte('\r').writeByte('\n');
        }
        return frame;
    }
}
