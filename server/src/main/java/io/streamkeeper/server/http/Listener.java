package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.streamkeeper.server.http.route.Routes;

/**
 * One address or mount at which a server accepts connections, with its kind and its table of paths. Sets up the
 * pipeline of each of its connections. Immutable; safe for use by any thread.
 */
@ChannelHandler.Sharable
public final class Listener extends ChannelInitializer<Channel> {
    private final HttpServer server;
    private final ListenerKind kind;
    private final Routes routes;
    private final HostRule hosts;

    Listener(HttpServer server, ListenerKind kind, Routes routes, HostRule hosts) {
        this.server = server;
        this.kind = kind;
        this.routes = routes;
        this.hosts = hosts;
    }

    /** The kind of the listener. */
    public ListenerKind kind() {
        return kind;
    }

    boolean isAdministrative() {
        return kind == ListenerKind.ADMINISTRATIVE;
    }

    /** The paths that the listener serves. */
    Routes routes() {
        return routes;
    }

    /** The names by which clients may address it. */
    HostRule hosts() {
        return hosts;
    }

    /**
     * The scheme of the URLs that clients use on {@code connection}: {@code https} if this connection, or that of the
     * server in which it is mounted, uses TLS.
     */
    String scheme(Channel connection) {
        Channel outer = connection.parent();
        return isTls(connection) || (outer != null && isTls(outer)) ? "https" : "http";
    }

    private static boolean isTls(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /**
     * Sets up the pipeline of a connection. One beyond the limit is closed at once, so that the open ones are served.
     */
    @Override
    protected void initChannel(Channel channel) {
        LoopContext loop = server.context(channel.eventLoop());
        if (!server.admit(channel, kind)) {
            loop.counters().connectionRefused(isAdministrative());
            channel.close();
            return;
        }
        ConnectionHandler connection = new ConnectionHandler(server, this, channel, loop);
        channel.pipeline().addLast(loop.traffic(), connection.decoder(), connection);
    }
}
