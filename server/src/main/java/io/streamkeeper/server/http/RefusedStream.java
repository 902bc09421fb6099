package io.streamkeeper.server.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.server.metrics.Operation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only handler of a stream for which there is no memory: answers its request with 503 and no body, which waits for
 * no window. It does not reset the stream with an error, because the codec counts such resets as an attack of the client.
 * Used by the connection's loop.
 */
@ChannelHandler.Sharable
final class RefusedStream extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedStream.class);

    private final LoopCounters counters;

    RefusedStream(LoopCounters counters) {
        this.counters = counters;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // A stream that has been answered is closed, or was reset, so that no trailer fields arrive.
        if (message instanceof Http2HeadersFrame request) {
            answer(ctx, request.isEndStream());
        }
        ReferenceCountUtil.release(message);
    }

    private void answer(ChannelHandlerContext ctx, boolean isWhole) {
        ErrorCode code = ErrorCode.OVERLOADED;
        counters.answered(Operation.OTHER, code.status(), code, 0);
        Http2Headers head = new DefaultHttp2Headers(false)
                .status(Integer.toString(code.status()))
                .add("retry-after", "1")
                .add("cache-control", "no-store")
                .add("content-length", "0");
        ctx.write(new DefaultHttp2HeadersFrame(head, true));
        if (!isWhole) {
            ctx.write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("a stream of {} that is refused has an error", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
