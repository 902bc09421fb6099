package io.streamkeeper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection after what is written on it, on Streamkeeper's own connections and on mounted ones, with TLS or
 * without. Only the sending side is closed at first: a client that is still sending would otherwise lose the response to
 * the reset that answers its bytes (RFC 9112 section 9.6). What it still sends is read and dropped by the caller.
 */
public final class LingeringClose {
    /** How long a client may take to read the last response before its connection is closed. */
    private static final long LINGER_MILLIS = 1_000;

    private LingeringClose() {}

    /**
     * Closes the connection when everything has been sent. Where the sending side cannot be closed alone, the whole
     * connection is closed at once, or after a time if the client is in the middle of a request.
     *
     * @param context the handler that writes the last bytes
     * @param midRequest whether a part of a request has not come
     */
    public static void close(ChannelHandlerContext context, boolean midRequest) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener((ChannelFutureListener) sent -> endTls(context, midRequest));
    }

    /** The client has closed its sending side: a connection whose own is closed too has nothing to wait for. */
    public static void inputEnded(Channel channel) {
        if (channel instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
            channel.close();
        }
    }

    /** TLS ends with a message of its own, which goes out before the sending side is closed (RFC 8446 section 6.1). */
    private static void endTls(ChannelHandlerContext context, boolean midRequest) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls == null) {
            closeAllSent(context, midRequest);
        } else {
            tls.closeOutbound().addListener(sent -> closeAllSent(context, midRequest));
        }
    }

    private static void closeAllSent(ChannelHandlerContext context, boolean midRequest) {
        Channel channel = context.channel();
        if (channel instanceof DuplexChannel duplex && channel.isActive() && !duplex.isInputShutdown()) {
            duplex.shutdownOutput();
            closeLater(context);
        } else if (midRequest) {
            closeLater(context);
        } else {
            channel.close();
        }
    }

    private static void closeLater(ChannelHandlerContext context) {
        context.executor().schedule(() -> context.channel().close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }
}
