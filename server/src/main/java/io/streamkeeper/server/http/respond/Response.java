package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One response as it is sent: buffers to write one after the other. The receiver owns them.
 *
 * @param head the head, and a small body with it
 * @param body what does not fit in there; empty where all does
 * @param tail what follows the body
 * @param close whether the connection ends after it
 */
public record Response(ByteBuf head, ByteBuf body, ByteBuf tail, boolean close) {
    static Response of(ByteBuf head, boolean close) {
        return new Response(head, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, close);
    }

    /** What it takes until it is written. */
    public int memoryBytes() {
        return head.capacity() + body.readableBytes();
    }

    public void release() {
        head.release();
        body.release();
        tail.release();
    }
}
