package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/**
 * One connection of a run, with at most one request under way. Owned by the run's loop. The buffer of its request is
 * used again for the next one: a response means that the socket has taken all of it.
 */
public final class LoadConnection extends ChannelInboundHandlerAdapter {
    private final int index;
    private final LoadRun run;
    private final ByteBuf request;
    private final Channel channel;
    private final ResponseParser parser = new ResponseParser();
    private long dueNanos;
    private boolean waits;

    public LoadConnection(int index, LoadRun run, Channel channel) {
        this.index = index;
        this.run = run;
        this.channel = channel;
        this.request = channel.alloc().directBuffer();
    }

    public int index() {
        return index;
    }

    /** When the request under way was due. */
    public long dueNanos() {
        return dueNanos;
    }

    /** Sends the workload's next request; false if there is none. */
    public boolean send(Workload workload, long due) {
        if (request.refCnt() != 1) {
            throw new IllegalStateException("a response came before its request was sent whole");
        }
        request.clear();
        if (!workload.next(index, request)) {
            return false;
        }
        dueNanos = due;
        waits = true;
        channel.writeAndFlush(request.retain(), channel.voidPromise());
        return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        run.connected(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        ByteBuf in = (ByteBuf) message;
        try {
            if (!waits) {
                throw new IOException("the server sent " + in.readableBytes() + " bytes that nobody asked for");
            }
            if (parser.take(in)) {
                if (in.isReadable()) {
                    throw new IOException("the server sent " + in.readableBytes() + " bytes behind a response");
                }
                waits = false;
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
        if (waits) {
            run.failed(new IOException("the server closed connection " + index + " instead of answering"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        run.failed(cause);
        context.close();
    }

    public void close() {
        channel.close();
    }
}
