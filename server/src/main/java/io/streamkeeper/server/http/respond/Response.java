package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One response in the form in which it is sent: buffers to write one after the other. The receiver owns them.
 *
 * @param head the head, followed by the body if that is small
 * @param body the body, if it is not small; else empty
 * @param tail bytes after the body
 * @param close whether the connection ends after the response
 */
public record Response(ByteBuf head, ByteBuf body, ByteBuf tail, boolean close) {
    static Response of(ByteBuf head, boolean close) {
        return new Response(head, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, close);
    }

    /** Bytes that the response occupies until it is written. */
    public int memoryBytes() {
        return head.capacity() + body.readableBytes();
    }

    public void release() {
        head.release();
        body.release();
        tail.release();
    }
}
