package io.streamkeeper.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A load generator for HTTP/1.1, without pipelining, and HTTP/2, with or without TLS. All connections are on one loop,
 * so that it uses at most one core and a workload needs no locks. May be used from any thread; each run opens its own
 * connections.
 */
public final class LoadClient implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final int OPEN_MILLIS_MAX = 20_000;

    private final EventLoopGroup group;
    private final Class<? extends Channel> channelType;
    private final int connections;
    private final Transport transport;
    private final @Nullable SslContext tls;

    /** A client for HTTP/1.1 without TLS. */
    public LoadClient(int connections) {
        this(connections, Transport.PLAIN);
    }

    public LoadClient(int connections, Transport transport) {
        if (connections < 1) {
            throw new IllegalArgumentException("connections is " + connections + "; expected at least 1");
        }
        boolean epoll = Epoll.isAvailable();
        this.connections = connections;
        this.transport = transport;
        this.tls = transport.isTls() ? Negotiation.context(transport) : null;
        this.channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        this.group = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("load-client", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /**
     * Starts a run, which stops sending after {@code limitNanos}.
     *
     * @return completes when all requests are answered, exceptionally if a connection fails
     */
    public CompletableFuture<Void> start(
            SocketAddress server, Workload workload, Pacing pacing, Measurement measurement, long limitNanos) {
        EventLoop loop = group.next();
        LoadRun run = new LoadRun(loop, connections * transport.streams(), workload, pacing, measurement, limitNanos);
        for (int index = 0; index < connections; index++) {
            connect(server, loop, run, index);
        }
        loop.schedule(run::failUnlessBegun, OPEN_MILLIS_MAX, TimeUnit.MILLISECONDS);
        return run.finished().whenCompleteAsync((done, failure) -> run.close(), loop);
    }

    /**
     * Runs a workload to its end.
     *
     * @throws IOException if a connection fails
     */
    public Measurement run(
            SocketAddress server, Workload workload, Pacing pacing, Measurement measurement, long limitNanos)
            throws IOException, InterruptedException {
        await(start(server, workload, pacing, measurement, limitNanos));
        return measurement;
    }

    /** Waits for the end of a run. */
    public static void await(CompletableFuture<Void> run) throws IOException, InterruptedException {
        try {
            run.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException inner ? inner.getCause() : e.getCause();
            throw new IOException("the run failed: " + (cause == null ? e : cause.getMessage()), cause);
        }
    }

    private void connect(SocketAddress server, EventLoop loop, LoadRun run, int index) {
        connect(server, channel -> connection(index, run, channel), run::failed).addListener(connected -> {
            if (!connected.isSuccess()) {
                loop.execute(() -> run.failed(connected.cause()));
            }
        });
    }

    private ChannelHandler connection(int index, LoadRun run, Channel channel) {
        return transport.isHttp2()
                ? Http2Connection.of(index, transport, run, channel)
                : new Http1Connection(index, run, channel);
    }

    /** The loop of all runs. */
    public EventLoop loop() {
        return group.next();
    }

    /**
     * Opens a connection. With TLS the handler is added to the active channel after the handshake.
     *
     * @param failed receives the cause if the handshake fails
     */
    public ChannelFuture connect(
            SocketAddress server, Function<Channel, ChannelHandler> handler, Consumer<Throwable> failed) {
        return new Bootstrap()
                .group(group)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        begin(channel, handler, failed);
                    }
                })
                .connect(server);
    }

    private void begin(Channel channel, Function<Channel, ChannelHandler> handler, Consumer<Throwable> failed) {
        if (tls == null) {
            channel.pipeline().addLast(handler.apply(channel));
            return;
        }
        channel.pipeline()
                .addLast(
                        tls.newHandler(channel.alloc()),
                        new Negotiation(transport, () -> channel.pipeline().addLast(handler.apply(channel)), failed));
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
