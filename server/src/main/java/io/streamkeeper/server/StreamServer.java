package io.streamkeeper.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NettyRuntime;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.storage.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A running server: event loops, shards and a listening socket. Started and stopped once; safe for use by any thread.
 */
public final class StreamServer implements AutoCloseable {
    private static final int BACKLOG = 4_096;

    /** What a connection may have unsent before it counts as slow: enough for one response, little enough for many. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(32 << 10, 128 << 10);

    private static final int WORKER_QUEUE_MAX = 10_000;
    private static final long IDLE_WORKER_SECONDS = 30;

    private final ServerConfig config;
    private final EventLoopGroup acceptors;
    private final EventLoopGroup loops;
    private final ExecutorService workers;
    private final Stores stores;
    private final Shards shards;
    private final HttpServer http;
    private final Channel listener;

    private StreamServer(ServerConfig config, Sockets sockets, Stores stores) throws IOException {
        this.config = config;
        this.stores = stores;
        this.acceptors = sockets.loops(1, "accept");
        this.loops = sockets.loops(stores.shards(), "loop");
        this.workers = workers();
        try {
            this.shards = new Shards(stores, loops);
        } catch (IOException e) {
            endThreads(0);
            throw e;
        }
        this.http = new HttpServer(config, shards, loops, workers, Clock.SYSTEM);
        try {
            this.listener = bind(sockets);
        } catch (IOException e) {
            shards.close();
            endThreads(0);
            throw e;
        }
        shards.start();
    }

    /**
     * Starts a server; it answers when this returns.
     *
     * @throws IOException if the transport cannot be had, the address cannot be listened on, or the data directory cannot
     *     be used; nothing is left running
     */
    public static StreamServer start(ServerConfig config) throws IOException {
        Sockets sockets = Sockets.of(config.listen().transport());
        return new StreamServer(config, sockets, StoresFactory.open(config));
    }

    /** Few threads, for work that would hold up a loop; they are there while there is such work. */
    private static ExecutorService workers() {
        int threads = Math.max(1, NettyRuntime.availableProcessors() / 2);
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_WORKER_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WORKER_QUEUE_MAX),
                new DefaultThreadFactory("streamkeeper-worker", true),
                new ThreadPoolExecutor.CallerRunsPolicy());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private Channel bind(Sockets sockets) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(config.listen().host(), config.listen().port());
        if (address.isUnresolved()) {
            throw new IOException("host " + config.listen().host() + " cannot be resolved; expected a name or an"
                    + " address of this machine");
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(acceptors, loops)
                .channel(sockets.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
                .childHandler(http)
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + config.listen().host() + " port "
                            + config.listen().port() + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    /** Where the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** The URL that streams are below, with a slash at its end. */
    public String url() {
        InetSocketAddress address = address();
        String host = config.listen().host();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + config.root();
    }

    /**
     * Stops the server: takes no more connections, answers what is in flight, answers waiting long-polls, ends event
     * streams, and closes. Returns when that is done, after the configured time at the latest.
     */
    public void stop() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.shutdownTimeoutMillis());
        listener.close().awaitUninterruptibly();
        http.stop();
        shards.drain();
        http.awaitConnectionsClosed(deadline);
        shards.close();
        endThreads(Math.max(0, deadline - System.nanoTime()));
    }

    /** Loops end before the stores do: what a store tells a loop late is of no interest, what it writes late is. */
    private void endThreads(long waitNanos) {
        workers.shutdown();
        acceptors.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
        loops.shutdownGracefully(0, waitNanos, TimeUnit.NANOSECONDS).awaitUninterruptibly();
        acceptors.terminationFuture().awaitUninterruptibly();
        stores.close();
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
