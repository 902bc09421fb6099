package io.streamkeeper.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.tls.TlsIdentity;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable TlsIdentity tls;
    private final boolean speaksHttp2;

    Listener(HttpServer server, ListenerKind kind, Routes routes, HostRule hosts) {
        this(server, kind, routes, hosts, null, false);
    }

    /**
     * A listener whose connections begin with TLS, if {@code tls} is not null.
     *
     * @param speaksHttp2 whether a client may begin with HTTP/2
     */
    Listener(
            HttpServer server,
            ListenerKind kind,
            Routes routes,
            HostRule hosts,
            @Nullable TlsIdentity tls,
            boolean speaksHttp2) {
        this.speaksHttp2 = speaksHttp2;
        this.server = server;
        this.kind = kind;
        this.routes = routes;
        this.hosts = hosts;
        this.tls = tls;
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

    /** The identity of the server; null without TLS. */
    @Nullable
    TlsIdentity tls() {
        return tls;
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
        channel.pipeline().addLast(loop.traffic());
        if (tls == null) {
            if (speaksHttp2) {
                channel.pipeline().addLast(new PrefaceGuard(this));
            }
            addHttp1(channel, loop);
        } else {
            TlsStart.addTo(channel, server, this, tls.context());
        }
    }

    /** Replaces the handlers of HTTP/1.1, which have not received a byte, by those of HTTP/2. */
    void changeToHttp2(Channel channel) {
        channel.pipeline().get(ConnectionHandler.class).leave();
        addHttp2(channel);
    }

    /** Adds the handlers of HTTP/2 to a connection that is counted as open already. */
    void addHttp2(Channel channel) {
        Http2Connection.addTo(channel, server, this, server.context(channel.eventLoop()), PrefaceGuard.PREFACE_BYTES);
    }

    /** Adds the handlers of HTTP/1.1 to a connection. */
    ConnectionHandler addHttp1(Channel channel, LoopContext loop) {
        ConnectionHandler connection = new ConnectionHandler(server, this, channel, loop);
        channel.pipeline().addLast(connection.decoder(), connection);
        return connection;
    }
}
