package io.streamkeeper.server.forward;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.streamkeeper.server.outbound.ClientTls;
import io.streamkeeper.server.outbound.ConnectionPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the requests of one loop to the leader. Owned by that loop. */
public final class LeaderClient {
    /** Memory of one response: the bytes of one read of its connection. */
    public static final int READ_BYTES = 32 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(LeaderClient.class);

    private static final int CONNECT_MILLIS = 1_000;
    private static final int KEPT_MAX = 64;
    private static final int LINE_BYTES_MAX = 4 << 10;
    private static final int HEADERS_BYTES_MAX = 64 << 10;

    private final EventLoop loop;
    private final Class<? extends Channel> channel;
    private final ClientTls tls;
    private final Executor workers;
    private final ConnectionPool<LeaderConnection> pool;

    /**
     * A client of a loop.
     *
     * @param channel the class of sockets of the loop
     * @param tls for leaders that advertise a URL of https
     * @param workers resolve names, read files and compute handshakes
     */
    public LeaderClient(EventLoop loop, Class<? extends Channel> channel, ClientTls tls, Executor workers) {
        this.loop = loop;
        this.channel = channel;
        this.tls = tls;
        this.workers = workers;
        this.pool = new ConnectionPool<>(loop, KEPT_MAX, KEPT_MAX);
    }

    /**
     * Sends a request, and owns it.
     *
     * @param url of the leader, without a path
     * @param receiver called in a later turn of the loop
     * @param silenceMillisMax how long the leader may send nothing while bytes are awaited
     * @param isDeposed whether another member leads, so that no response is awaited any more
     */
    public LeaderExchange send(
            String url,
            FullHttpRequest request,
            LeaderResponse receiver,
            long silenceMillisMax,
            BooleanSupplier isDeposed) {
        LeaderExchange exchange = new LeaderExchange(loop, request, receiver, silenceMillisMax, isDeposed);
        LeaderAddress address = LeaderAddress.of(url);
        LeaderConnection kept = pool.take(address.destination());
        if (kept != null) {
            loop.execute(() -> exchange.send(kept));
            return exchange;
        }
        try {
            workers.execute(() -> prepare(address, exchange));
        } catch (RejectedExecutionException e) {
            LOG.debug("the server stops: a request is not sent to the leader", e);
            loop.execute(exchange::fail);
        }
        return exchange;
    }

    /** Resolves the name and reads the authorities, on a thread that may block. */
    private void prepare(LeaderAddress address, LeaderExchange exchange) {
        try {
            if (address.destination().isTls()) {
                tls.prepare();
            }
            InetAddress host = InetAddress.getByName(address.destination().host());
            InetSocketAddress socket =
                    new InetSocketAddress(host, address.destination().port());
            loop.execute(() -> connect(address, socket, exchange));
        } catch (IOException e) {
            LOG.debug("the leader at {} cannot be reached", address.origin(), e);
            loop.execute(exchange::fail);
        }
    }

    private void connect(LeaderAddress address, InetSocketAddress socket, LeaderExchange exchange) {
        if (exchange.isOver()) {
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(channel)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new Stages(address))
                .connect(socket);
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                begin(address, connecting.channel(), exchange);
            } else {
                LOG.debug("the leader at {} cannot be reached", address.origin(), connected.cause());
                loop.execute(exchange::fail);
            }
        });
    }

    private void begin(LeaderAddress address, Channel opened, LeaderExchange exchange) {
        LeaderConnection connection = new LeaderConnection(opened, pool, address.destination());
        opened.pipeline().addLast(connection);
        SslHandler handshaking = opened.pipeline().get(SslHandler.class);
        if (handshaking == null) {
            exchange.send(connection);
            return;
        }
        opened.read();
        handshaking.handshakeFuture().addListener(handshaken -> {
            if (handshaken.isSuccess()) {
                exchange.send(connection);
            } else {
                LOG.warn("the leader at {} cannot prove its identity", address.origin(), handshaken.cause());
                connection.close();
                exchange.fail();
            }
        });
    }

    private final class Stages extends ChannelInitializer<Channel> {
        private final LeaderAddress address;

        Stages(LeaderAddress address) {
            this.address = address;
        }

        @Override
        protected void initChannel(Channel opened) {
            if (address.destination().isTls()) {
                SslHandler handler = tls.context()
                        .newHandler(
                                opened.alloc(),
                                address.destination().host(),
                                address.destination().port(),
                                workers);
                handler.setHandshakeTimeoutMillis(CONNECT_MILLIS);
                opened.pipeline().addLast(handler);
            }
            HttpDecoderConfig limits = new HttpDecoderConfig()
                    .setMaxInitialLineLength(LINE_BYTES_MAX)
                    .setMaxHeaderSize(HEADERS_BYTES_MAX)
                    .setMaxChunkSize(READ_BYTES);
            opened.pipeline().addLast(new HttpClientCodec(limits, false, false));
        }
    }
}
