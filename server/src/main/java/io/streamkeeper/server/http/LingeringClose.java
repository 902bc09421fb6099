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
 * The end of a connection after what is written on it, on Streamkeeper's own connections and on mounted ones, with TLS
 * or without. Only the sending side is closed at first: a client that is still sending would otherwise lose the
 * response to the reset that answers its bytes (RFC 9112 section 9.6). What it still sends is read and dropped, until
 * it is silent.
 */
public final class LingeringClose {
    /** How long a client must have sent nothing before its connection is closed. */
    private static final long SILENCE_MILLIS = 1_000;

    /** How long a client that sends on and on is listened to. */
    private static final long LINGER_MILLIS_MAX = 30_000;

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
        context.pipeline().addFirst(new UntilSilent());
    }

    /**
     * Drops what a client still sends, and closes the connection when it is silent: bytes that arrive after the close
     * are answered with a reset, which discards what the client has not received yet.
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
