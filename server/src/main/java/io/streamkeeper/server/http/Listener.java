package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.streamkeeper.server.http.route.Routes;

/**
 * One of the places at which a server takes connections, an address or a mount: what it serves, and what its answers
 * say of themselves. Sets up the pipeline of each of its connections. Immutable; safe for use by any thread.
 */
@ChannelHandler.Sharable
public final class Listener extends ChannelInitializer<Channel> {
    private final HttpServer server;
    private final ListenerKind kind;
    private final Routes routes;

    Listener(HttpServer server, ListenerKind kind, Routes routes) {
        this.server = server;
        this.kind = kind;
        this.routes = routes;
    }

    /** What the listener is for. */
    public ListenerKind kind() {
        return kind;
    }

    boolean isAdministrative() {
        return kind == ListenerKind.ADMINISTRATIVE;
    }

    /** What is at which path. */
    Routes routes() {
        return routes;
    }

    /**
     * The scheme of the URLs that clients use on {@code connection}: of its own TLS, or of that of the mount's server.
     */
    String scheme(Channel connection) {
        Channel outer = connection.parent();
        return isTls(connection) || (outer != null && isTls(outer)) ? "https" : "http";
    }

    private static boolean isTls(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** One connection too many is closed at once, so that those which are open are served. */
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
