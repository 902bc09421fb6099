package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.streamkeeper.server.tls.TlsContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection until its TLS handshake is complete. Then the handlers of HTTP take its place. Owned by the connection's
 * loop.
 *
 * <p>Such a connection counts towards the limit of connections. The handshake must be complete within the time that the
 * limits allow for the head of a request, and worker threads compute it, so that the loop continues with other
 * connections meanwhile.
 */
final class TlsStart extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TlsStart.class);

    private final HttpServer server;
    private final Listener listener;
    private final RecordGuard guard;
    private boolean isCounted;

    private TlsStart(HttpServer server, Listener listener, RecordGuard guard) {
        this.server = server;
        this.listener = listener;
        this.guard = guard;
    }

    /** Adds TLS to a new connection. */
    static void addTo(Channel channel, HttpServer server, Listener listener, TlsContext context) {
        SslHandler tls = context.newHandler(channel, server.workers());
        tls.setHandshakeTimeoutMillis(server.config().http().headerTimeoutMillis());
        RecordGuard guard = new RecordGuard();
        channel.pipeline().addLast(guard, tls, new TlsStart(server, listener, guard));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        isCounted = true;
        context(ctx).counters().connectionOpened(listener.isAdministrative());
        ctx.fireChannelActive();
    }

    private LoopContext context(ChannelHandlerContext ctx) {
        return server.context(ctx.channel().eventLoop());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!ctx.executor().inEventLoop()) {
            ctx.executor().execute(() -> ctx.pipeline().fireUserEventTriggered(event));
        } else if (event == ConnectionHandler.Event.STOPPING || event instanceof ChannelInputShutdownEvent) {
            // A client that has ended its side cannot complete the handshake.
            ctx.close();
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                begin(ctx);
            } else {
                LOG.debug(
                        "the TLS handshake with {} failed: {}",
                        ctx.channel().remoteAddress(),
                        reason(handshake.cause()));
            }
        }
    }

    private void begin(ChannelHandlerContext ctx) {
        if (!isCounted || !ctx.channel().isActive()) {
            return;
        }
        isCounted = false;
        guard.handshakeComplete();
        String protocol = ctx.pipeline().get(SslHandler.class).applicationProtocol();
        if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
            listener.addHttp2(ctx.channel());
        } else {
            listener.addHttp1(ctx.channel(), context(ctx)).beginCounted();
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (isCounted) {
            isCounted = false;
            context(ctx).counters().connectionClosed(listener.isAdministrative());
        }
        ctx.fireChannelInactive();
    }

    /** A handshake that fails is not a fault of the server; it ends only this connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug(
                "connection from {} ends before its TLS handshake: {}",
                ctx.channel().remoteAddress(),
                reason(cause));
        ctx.close();
    }

    /** A fault without the bytes that the client has sent, which the message of the library contains and may be secret. */
    private static String reason(Throwable fault) {
        boolean isNoRecord =
                fault instanceof NotSslRecordException || fault.getCause() instanceof NotSslRecordException;
        return isNoRecord ? "bytes that are no record of TLS" : fault.toString();
    }
}
