package io.streamkeeper.server.mount;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests below one path on a connection of another server. Each connection has one, after the HTTP codec
 * of that server and before the handlers that answer all other requests:
 *
 * <pre>
 *   pipeline.addLast(new HttpServerCodec());
 *   pipeline.addLast(new MountHandler("/api/streams/", …));
 *   pipeline.addLast(new OwnHandler());
 * </pre>
 *
 * <p>All other messages are passed on unchanged; so are requests that the codec could not read, whatever their path. An
 * aggregator may precede the mount; it then also limits the bodies of requests to streams. Responses are sent in the
 * order of the requests, whichever side produces them; a response of the handlers after the mount must end with a
 * {@code LastHttpContent}, which the codec requires too.
 *
 * <p>The mount runs on the channel's event loop, which may be of any kind.
 */
public final class MountHandler extends ChannelDuplexHandler {
    private final MountRoot root;
    private final ChannelHandler connectionInitializer;
    private @Nullable ForeignConnection connection;

    /**
     * Creates the mount of one connection.
     *
     * @param root the path below which the streams are; begins and ends with a slash
     * @param connectionInitializer initializes the pipeline of a connection that reads and writes HTTP/1.1 as bytes,
     *     and serves the streams below the same path
     * @throws IllegalArgumentException if the root does not begin and end with a slash
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
