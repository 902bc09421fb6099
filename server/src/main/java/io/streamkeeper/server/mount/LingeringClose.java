package io.streamkeeper.server.mount;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * The end of a foreign connection behind what is written on it. A client that is still sending would lose the response to
 * the reset that answers its bytes, so these are taken for a while (RFC 9112 section 9.6).
 */
final class LingeringClose {
    /** How long a client may take to read the last response before the connection is closed under it. */
    private static final long LINGER_MILLIS = 1_000;

    private LingeringClose() {}

    /**
     * Closes the connection when everything has been sent.
     *
     * @param midRequest whether a part of a request has not come
     */
    static void close(ChannelHandlerContext context, boolean midRequest) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener((ChannelFutureListener) sent -> closeAllSent(context, midRequest));
    }

    private static void closeAllSent(ChannelHandlerContext context, boolean midRequest) {
        Channel channel = context.channel();
        if (channel instanceof DuplexChannel duplex && mayShutOutput(context) && !duplex.isInputShutdown()) {
            duplex.shutdownOutput();
            closeLater(context);
        } else if (midRequest) {
            closeLater(context);
        } else {
            channel.close();
        }
    }

    /** TLS ends with bytes of its own, which are sent when the whole channel closes. */
    private static boolean mayShutOutput(ChannelHandlerContext context) {
        return context.pipeline().get(SslHandler.class) == null;
    }

    private static void closeLater(ChannelHandlerContext context) {
        context.executor().schedule(() -> context.channel().close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }
}
