package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.http.respond.ErrorBody;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the heads of the records of a connection with TLS, before they are decrypted. It refuses a client that does
 * not speak TLS, with an answer that such a client can read, and a client of TLS 1.2 that requests a second handshake:
 * each one costs the server far more than the client. Owned by the connection's loop.
 *
 * <pre>
 *   a record:  type (1 byte)  version (2)  length (2)  content (length)
 * </pre>
 */
final class RecordGuard extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RecordGuard.class);

    private static final int HANDSHAKE = 22;
    private static final int HEAD_BYTES = 5;
    private static final int LENGTH_POSITION = 3;

    private boolean begun;
    private boolean refused;
    private boolean complete;

    /** Bytes of the current head that have arrived, and the rest of the content after a complete head. */
    private int headBytes;

    private int length;
    private int contentLeft;

    /** The handshake is complete: no record of another one may follow. */
    void handshakeComplete() {
        complete = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (refused) {
            in.release();
        } else if (!begun && in.isReadable() && in.getUnsignedByte(in.readerIndex()) != HANDSHAKE) {
            refusePlainText(ctx, in);
        } else if (hasSecondHandshake(in)) {
            refused = true;
            in.release();
            LOG.debug(
                    "connection from {} ends: it requests another TLS handshake",
                    ctx.channel().remoteAddress());
            ctx.close();
        } else {
            begun = true;
            ctx.fireChannelRead(in);
        }
    }

    private boolean hasSecondHandshake(ByteBuf in) {
        int at = in.readerIndex();
        while (at < in.writerIndex()) {
            if (contentLeft > 0) {
                int skipped = Math.min(contentLeft, in.writerIndex() - at);
                contentLeft -= skipped;
                at += skipped;
            } else if (addHeadByte(in.getUnsignedByte(at++))) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the byte begins a record of a second handshake. */
    private boolean addHeadByte(int value) {
        if (headBytes == 0 && complete && value == HANDSHAKE) {
            return true;
        }
        if (headBytes >= LENGTH_POSITION) {
            length = (length << Byte.SIZE | value) & 0xffff;
        }
        headBytes++;
        if (headBytes == HEAD_BYTES) {
            contentLeft = length;
            headBytes = 0;
            length = 0;
        }
        return false;
    }

    private void refusePlainText(ChannelHandlerContext ctx, ByteBuf in) {
        refused = true;
        in.release();
        ctx.pipeline().remove(SslHandler.class);
        String body = ErrorBody.of(
                Refusal.of(ErrorCode.INVALID_REQUEST, "this port expects TLS; use a URL that begins with https://"));
        String head = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + ByteBufUtil.utf8Bytes(body) + "\r\n\r\n";
        ctx.write(Unpooled.copiedBuffer(head + body, StandardCharsets.UTF_8), ctx.voidPromise());
        LingeringClose.close(ctx, false);
    }
}
