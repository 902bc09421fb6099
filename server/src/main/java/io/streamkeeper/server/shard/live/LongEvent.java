package io.streamkeeper.server.shard.live;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.streamkeeper.protocol.EventId;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.SseEncoder;
import org.jspecify.annotations.Nullable;

/**
 * A long JSON message as an event, encoded part by part, so that it neither blocks a loop nor needs memory for the
 * whole encoding. Subscribers that receive it together share the bytes of the message. Each encodes it separately, at
 * the pace of its client, because a shared encoding would have to be kept in full until the slowest client has received
 * it. Owned by the subscriber's loop.
 */
public final class LongEvent {
    /** Bytes of the message in one frame; a message that is not longer is encoded at once. */
    static final int PART_BYTES = 256 << 10;

    private final Outcome.Chunk chunk;
    private final String cursor;
    private final boolean framed;
    private final @Nullable EventId id;
    private int index;

    /**
     * The events of a chunk.
     *
     * @param chunk its bytes are retained
     * @param cursor the cursor in the control event
     * @param framed whether the client gets chunked coding
     */
    public LongEvent(Outcome.Chunk chunk, String cursor, boolean framed) {
        this(chunk, cursor, null, framed);
    }

    /**
     * The data event of a chunk of one of several streams, which no control event follows.
     *
     * @param chunk its bytes are retained
     * @param id with which its reader resumes after the chunk
     * @param framed whether the client gets chunked coding
     */
    public LongEvent(Outcome.Chunk chunk, EventId id, boolean framed) {
        this(chunk, "", id, framed);
    }

    private LongEvent(Outcome.Chunk chunk, String cursor, @Nullable EventId id, boolean framed) {
        this.id = id;
        this.chunk = chunk;
        this.cursor = cursor;
        this.framed = framed;
        this.index = chunk.bytes().retain().readerIndex();
    }

    /**
     * Whether a chunk has to be sent in parts. Only a single JSON message can be longer: a step of JSON is cut between
     * messages, and a step of bytes anywhere.
     */
    public static boolean isFor(Outcome.Chunk chunk) {
        return chunk.contentType().isJson() && chunk.bytes().readableBytes() > PART_BYTES;
    }

    /** The next part, framed; owned by the caller. */
    public ByteBuf next(ByteBufAllocator allocator) {
        ByteBuf bytes = chunk.bytes();
        ByteBuf frame = SseFrame.begin(allocator, Math.min(PART_BYTES, bytes.writerIndex() - index), framed);
        if (index == bytes.readerIndex()) {
            SseEncoder.beginMessages(frame);
        }
        index = SseEncoder.messages(frame, bytes, index, PART_BYTES);
        if (isOver() && id != null) {
            SseEncoder.endMessages(frame, id);
        } else if (isOver()) {
            SseEncoder.endMessages(frame, chunk.next());
            SseEncoder.control(frame, chunk.next(), cursor, chunk.upToDate(), chunk.closed());
        }
        return SseFrame.finish(frame, framed);
    }

    /** Whether all parts were returned; the comma after the last message is not part of the event. */
    public boolean isOver() {
        return index == chunk.bytes().writerIndex() - 1;
    }

    /** Whether it ends at the tail. */
    public boolean isUpToDate() {
        return chunk.upToDate();
    }

    /** Whether the stream is closed after this event. */
    public boolean closes() {
        return chunk.closed();
    }

    /** Releases the message. */
    public void release() {
        chunk.bytes().release();
    }
}
