package io.streamkeeper.server.mount;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests below one path on a connection of another server. One for each connection, after the HTTP codec
 * of that server and before the handlers that answer everything else:
 *
 * <pre>
 *   pipeline.addLast(new HttpServerCodec());
 *   pipeline.addLast(new MountHandler("/api/streams/", …));
 *   pipeline.addLast(new OwnHandler());
 * </pre>
 *
 * <p>All other messages go on as they are. So do requests that the codec could not read, whatever their path. An
 * aggregator may stand before the mount; then it bounds the bodies of requests to streams too. Responses leave in the
 * order of the requests, on whichever side they are made; a response of the handlers after the mount ends with a
 * {@code LastHttpContent}, as the codec wants it too.
 *
 * <p>The mount runs on the channel's event loop, whatever kind of loop that is.
 */
public final class MountHandler extends ChannelDuplexHandler {
    private final MountRoot root;
    private final ChannelHandler connectionInitializer;
    private @Nullable ForeignConnection connection;

    /**
     * A mount for one connection.
     *
     * @param root the path that streams are below; begins and ends with a slash
     * @param connectionInitializer sets up the pipeline of a connection that speaks plain HTTP/1.1 bytes and finds the
     *     streams below the same path
     * @throws IllegalArgumentException if the root is not such a path
     */
    public MountHandler(String root, ChannelHandler connectionInitializer) {
        this.root = new MountRoot(root);
        this.connectionInitializer = connectionInitializer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.executor() != ctx.channel().eventLoop()) {
            throw new IllegalStateException(
                    "a mount was added with an executor of its own; expected the channel's event loop");
        }
        connection = new ForeignConnection(ctx, root, connectionInitializer);
    }

    private ForeignConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("the mount is in no pipeline");
        }
        return connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        connection().receive(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        connection().readComplete();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        connection().read();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        connection().write(message, promise);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection().writabilityChanged();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            connection().inputEnded();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection().gone();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
        if (connection != null) {
            connection.release();
        }
    }
}
