package io.streamkeeper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.server.http.decode.Lateness;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection after the bytes already written to it, on Streamkeeper's own connections and on mounted ones, with
 * or without TLS. Only the sending side is closed at first: if the whole connection were closed while the client is
 * still sending, its bytes would be answered with a reset, and the client would lose the response (RFC 9112 section
 * 9.6). The bytes that it still sends are read and dropped until it is silent.
 */
public final class LingeringClose {
    /** The connection is closed when the client has sent nothing for this time. */
    private static final long SILENCE_MILLIS = 1_000;

    /** The connection is closed after this time, even if the client still sends. */
    private static final long LINGER_MILLIS_MAX = 30_000;

    private LingeringClose() {}

    /**
     * Closes the connection when everything has been sent. If the sending side cannot be closed alone, the whole
     * connection is closed at once, or after a delay if the client is in the middle of a request.
     *
     * @param context the handler that writes the last bytes
     * @param midRequest whether a request was received in part only
     */
    public static void close(ChannelHandlerContext context, boolean midRequest) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener((ChannelFutureListener) sent -> endTls(context, midRequest));
    }

    /** The client has closed its sending side: if the server has closed its own too, the connection is closed. */
    public static void inputEnded(Channel channel) {
        if (channel instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
            channel.close();
        }
    }

    /** TLS ends with a separate message, which is sent before the sending side is closed (RFC 8446 section 6.1). */
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
        context.pipeline().addFirst(new UntilSilent());
    }

    /**
     * Drops the bytes that a client still sends, and closes the connection when the client is silent. Bytes that arrive
     * after the close are answered with a reset, which discards the data that the client has not received yet.
     */
    private static final class UntilSilent extends ChannelInboundHandlerAdapter {
        private long begunNanos;
        private long receivedNanos;
        private final Lateness lateness = new Lateness();

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            begunNanos = nowNanos(ctx);
            receivedNanos = begunNanos;
            checkLater(ctx);
        }

        private static long nowNanos(ChannelHandlerContext ctx) {
            return ctx.executor().ticker().nanoTime();
        }

        private void checkLater(ChannelHandlerContext ctx) {
            lateness.expect(nowNanos(ctx) + TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS));
            ctx.executor().schedule(() -> check(ctx), SILENCE_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void check(ChannelHandlerContext ctx) {
            long now = nowNanos(ctx);
            boolean silent = now - receivedNanos >= TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS);
            boolean judged = silent && !lateness.excuses(now);
            if (judged || now - begunNanos >= TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS_MAX)) {
                ctx.channel().close();
            } else {
                checkLater(ctx);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            receivedNanos = nowNanos(ctx);
            ReferenceCountUtil.release(message);
        }
    }
}
