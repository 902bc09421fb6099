package io.streamkeeper.server.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;

/**
 * The handler that a user of the mount has after it: it answers every request with what the request was, in one of
 * several ways that the path names, and records every request. Where the channel does not read by itself, it requests
 * more whenever it has had something.
 */
final class OwnHandler extends ChannelInboundHandlerAdapter {
    /** Answered when the request is whole. */
    static final String HELLO = "/hello";

    /** Answered by the thread that takes the answer from the queue. */
    static final String LATE = "/late";

    /** Answered in several writes, with a 103 before, as soon as the head has come. */
    static final String PARTS = "/parts";

    /** Answered with the connection's end. */
    static final String LAST = "/last";

    /** Answered 101; what follows comes back as it is. */
    static final String SWITCH = "/switch";

    private final Queue<String> seen;
    private final BlockingQueue<Runnable> late;
    private final StringBuilder body = new StringBuilder();
    private HttpRequest request;
    private boolean had = true;
    private boolean switched;

    OwnHandler(Queue<String> seen, BlockingQueue<Runnable> late) {
        this.seen = seen;
        this.late = late;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channelReadComplete(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (had && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
        had = false;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        had = true;
        if (switched) {
            ctx.writeAndFlush(message);
            return;
        }
        try {
            if (message instanceof HttpRequest head) {
                begin(ctx, head);
            }
            if (message instanceof HttpContent content) {
                body.append(content.content().toString(UTF_8));
            }
            if (message instanceof LastHttpContent) {
                answer(ctx);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        seen.add(head.method() + " " + head.uri());
        request = head;
        body.setLength(0);
        if (head.decoderResult().isFailure()) {
            FullHttpResponse refused = response(HttpResponseStatus.BAD_REQUEST, "unreadable");
            refused.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ctx.writeAndFlush(refused);
            ctx.close();
        } else if (head.uri().equals(PARTS)) {
            answerInParts(ctx);
        }
    }

    private void answerInParts(ChannelHandlerContext ctx) {
        ctx.write(response(HttpResponseStatus.EARLY_HINTS, ""));
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        ctx.write(head);
        ctx.write(new DefaultHttpContent(Unpooled.copiedBuffer("one,", UTF_8)));
        ctx.write(Unpooled.copiedBuffer("two", UTF_8));
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void answer(ChannelHandlerContext ctx) {
        String path = request.uri();
        String what = request.method() + " " + path + " " + body;
        boolean head = request.method().equals(HttpMethod.HEAD);
        FullHttpResponse whole = response(HttpResponseStatus.OK, head ? "" : what);
        switch (path) {
            case PARTS -> whole.release();
            case LATE -> late.add(() -> ctx.writeAndFlush(whole));
            case LAST -> {
                whole.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
                ctx.writeAndFlush(whole).addListener(written -> ctx.close());
            }
            case SWITCH -> {
                whole.release();
                switchProtocol(ctx);
            }
            default -> ctx.writeAndFlush(whole);
        }
    }

    private void switchProtocol(ChannelHandlerContext ctx) {
        FullHttpResponse granted = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                request.method().equals(HttpMethod.CONNECT)
                        ? HttpResponseStatus.OK
                        : HttpResponseStatus.SWITCHING_PROTOCOLS);
        granted.headers().set(HttpHeaderNames.UPGRADE, "echo").set(HttpHeaderNames.CONNECTION, "upgrade");
        switched = true;
        ctx.writeAndFlush(granted);
        ctx.pipeline().remove(HttpServerCodec.class);
    }

    private static FullHttpResponse response(HttpResponseStatus status, String text) {
        ByteBuf body = Unpooled.copiedBuffer(text, UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            seen.add(cause.toString());
        }
        ctx.close();
    }
}
