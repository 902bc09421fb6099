package io.streamkeeper.server.shard.live;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Outcome;

/**
 * One step of a stream's tail, as all subscribers at {@code from} receive it: encoded once, shared by all. Of a long
 * message only the bytes are shared, see {@link LongEvent}.
 *
 * @param from the position before the step
 * @param to the position after it
 * @param tail the position after it and what is held back: the beginning of a character, or a carriage return
 * @param chunk the bytes of the step
 * @param frame the step as events with the current cursor, framed as one HTTP chunk; empty for a long message
 * @param cursor the interval that the frame's cursor identifies
 * @param hasMore whether the step was too long to be shared whole, so that subscribers have to pull the rest
 */
public record TailEvent(
        long from, long to, long tail, Outcome.Chunk chunk, ByteBuf frame, long cursor, boolean hasMore) {
    /**
     * The events of the step, which all subscribers share.
     *
     * @param framed whether they are framed as one HTTP chunk
     * @return owned by the caller
     */
    public ByteBuf shared(boolean framed) {
        return framed ? frame.retainedDuplicate() : SseFrame.unframed(frame);
    }

    TailEvent retain() {
        chunk.bytes().retain();
        frame.retain();
        return this;
    }

    void release() {
        chunk.bytes().release();
        frame.release();
    }
}
