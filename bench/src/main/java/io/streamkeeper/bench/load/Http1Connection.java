package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/**
 * One connection of a run with HTTP/1.1, with at most one pending request. Owned by the run's loop. It reuses the buffer of a request
 * for the next one, because a response implies that the socket has taken the whole request.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Exchange {
    private final int index;
    private final LoadRun run;

    /** Exists while this handler is in the pipeline: a connection that fails before that has none. */
    private ByteBuf request = Unpooled.EMPTY_BUFFER;

    private final Channel channel;
    private final ResponseParser parser = new ResponseParser();
    private long dueNanos;
    private boolean awaitsResponse;

    public Http1Connection(int index, LoadRun run, Channel channel) {
        this.index = index;
        this.run = run;
        this.channel = channel;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public long dueNanos() {
        return dueNanos;
    }

    @Override
    public boolean send(Workload workload, long due) {
        if (request.refCnt() != 1) {
            throw new IllegalStateException("a response arrived before its request was sent completely");
        }
        request.clear();
        if (!workload.next(index, request)) {
            return false;
        }
        dueNanos = due;
        awaitsResponse = true;
        channel.writeAndFlush(request.retain(), channel.voidPromise());
        return true;
    }

    /** Begins at once on a channel that is active already, after the handshake of TLS. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        request = channel.alloc().directBuffer();
        if (channel.isActive()) {
            run.connected(this);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        run.connected(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        ByteBuf in = (ByteBuf) message;
        try {
            if (!awaitsResponse) {
                throw new IOException("the server sent " + in.readableBytes() + " bytes without a request");
            }
            if (parser.read(in)) {
                if (in.isReadable()) {
                    throw new IOException("the server sent " + in.readableBytes() + " bytes after a response");
                }
                awaitsResponse = false;
                run.answered(this, parser);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        request.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (awaitsResponse) {
            run.failed(new IOException("the server closed connection " + index + " without a response"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        run.failed(cause);
        context.close();
    }

    @Override
    public void close() {
        channel.close();
    }
}
