package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Looks at the first bytes of a connection without TLS: a client that knows that the server speaks HTTP/2 begins with its
 * preface (RFC 9113 section 3.4). Any other client is left to the handlers of HTTP/1.1, with the first read already.
 * It keeps no bytes: those that it has not passed on are the beginning of the preface. Owned by the connection's loop.
 */
final class PrefaceGuard extends ChannelInboundHandlerAdapter {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    static final int PREFACE_BYTES = PREFACE.length;

    private final Listener listener;

    /** Bytes of the preface that have arrived and were not passed on. */
    private int matched;

    PrefaceGuard(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        int length = Math.min(PREFACE_BYTES - matched, in.readableBytes());
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[matched + i]) {
                passOn(ctx, in);
                return;
            }
        }
        if (matched + length < PREFACE_BYTES) {
            matched += length;
            in.release();
            return;
        }
        listener.changeToHttp2(ctx.channel());
        passOn(ctx, in);
    }

    private void passOn(ChannelHandlerContext ctx, ByteBuf in) {
        if (matched > 0) {
            ctx.fireChannelRead(Unpooled.copiedBuffer(PREFACE, 0, matched));
        }
        ctx.fireChannelRead(in);
        ctx.pipeline().remove(this);
    }
}
