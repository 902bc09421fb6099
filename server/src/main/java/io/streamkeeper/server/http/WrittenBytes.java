package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Counts the bytes that a connection writes, for the access log. As the last handler of the pipeline it counts those of
 * HTTP/1.1 for each version of HTTP, without TLS. Owned by the connection's loop.
 */
final class WrittenBytes extends ChannelOutboundHandlerAdapter {
    private long bytes;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf buffer) {
            bytes += buffer.readableBytes();
        }
        context.write(message, promise);
    }

    /** The bytes since the last call. */
    long take() {
        long taken = bytes;
        bytes = 0;
        return taken;
    }
}
