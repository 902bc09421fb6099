package io.streamkeeper.server.subscription.webhook;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.streamkeeper.server.outbound.ClientTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens connections to addresses that were checked; resolves no name. Safe for use by any thread. */
final class Connector {
    private static final int LINE_BYTES_MAX = 4 << 10;
    private static final int HEADERS_BYTES_MAX = 16 << 10;
    private static final int CHUNK_BYTES_MAX = 8 << 10;

    private final Class<? extends Channel> channel;
    private final ClientTls tls;
    private final Executor workers;

    /** A connector of sockets of a class; {@code workers} compute handshakes. */
    Connector(Class<? extends Channel> channel, ClientTls tls, Executor workers) {
        this.channel = channel;
        this.tls = tls;
        this.workers = workers;
    }

    /** Prepares connections for TLS; blocks. */
    void prepare() throws SSLException {
        tls.prepare();
    }

    /**
     * Opens a connection on the loop of {@code own}, which makes this call.
     *
     * @param address of the host of {@code url}
     * @param timeoutMillis limits the connecting, and the handshake
     * @param then receives the connection that is ready for a request, or the failure, in a later turn of the loop
     * @return closing it ends the connecting; null if that has failed already
     */
    @Nullable
    Channel open(
            LoopDeliveries own,
            WebhookUrl url,
            InetAddress address,
            long timeoutMillis,
            BiConsumer<@Nullable WebhookConnection, @Nullable Throwable> then) {
        ChannelFuture connecting = new Bootstrap()
                .group(own.loop())
                .channel(channel)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeoutMillis))
                .handler(new Stages(url, timeoutMillis))
                .connect(new InetSocketAddress(address, url.port()));
        if (connecting.isDone() && !connecting.isSuccess()) {
            // Without a socket, such as for lack of file descriptors, there is no channel that belongs to the loop.
            own.loop().execute(() -> then.accept(null, connecting.cause()));
            return null;
        }
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                begin(own, url, connecting.channel(), then);
            } else {
                then.accept(null, connected.cause());
            }
        });
        return connecting.channel();
    }

    private static void begin(
            LoopDeliveries own,
            WebhookUrl url,
            Channel opened,
            BiConsumer<@Nullable WebhookConnection, @Nullable Throwable> then) {
        WebhookConnection connection = new WebhookConnection(opened, own.pool(), url.destination());
        opened.pipeline().addLast(connection);
        SslHandler handshaking = opened.pipeline().get(SslHandler.class);
        if (handshaking == null) {
            then.accept(connection, null);
            return;
        }
        handshaking.handshakeFuture().addListener(handshaken -> {
            if (handshaken.isSuccess()) {
                then.accept(connection, null);
            } else {
                then.accept(null, handshaken.cause());
            }
        });
    }

    private final class Stages extends ChannelInitializer<Channel> {
        private final WebhookUrl url;
        private final long timeoutMillis;

        Stages(WebhookUrl url, long timeoutMillis) {
            this.url = url;
            this.timeoutMillis = timeoutMillis;
        }

        @Override
        protected void initChannel(Channel opened) {
            if (url.isTls()) {
                SslHandler handler = tls.context().newHandler(opened.alloc(), url.host(), url.port(), workers);
                handler.setHandshakeTimeoutMillis(timeoutMillis);
                opened.pipeline().addLast(handler);
            }
            HttpDecoderConfig limits = new HttpDecoderConfig()
                    .setMaxInitialLineLength(LINE_BYTES_MAX)
                    .setMaxHeaderSize(HEADERS_BYTES_MAX)
                    .setMaxChunkSize(CHUNK_BYTES_MAX);
            opened.pipeline().addLast(new HttpClientCodec(limits, false, false));
        }
    }
}
