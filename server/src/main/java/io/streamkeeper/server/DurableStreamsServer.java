package io.streamkeeper.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.AcceptFaults;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.http.ListenerKind;
import io.streamkeeper.storage.disk.OpenFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/**
 * Serves the streams of a {@link DurableStreams} over HTTP, on a listening socket of its own. Started and stopped once;
 * safe for use by any thread.
 *
 * <p>Where it listens, below which path streams are, and what one connection may ask are told by the configuration that
 * the streams were opened with. What is written over HTTP and through the Java API is the same: both are answered by the
 * same shards.
 */
public final class DurableStreamsServer implements AutoCloseable, Serving {
    private static final int BACKLOG = 4_096;
    private static final int PRIVILEGED_PORT_MAX = 1_023;

    /** What a connection may have unsent before it counts as slow: enough for one response, little enough for many. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(32 << 10, 128 << 10);

    private final DurableStreams streams;
    private final boolean ownsStreams;
    private final EventLoopGroup acceptors;
    private final HttpServer http;
    private final Channel listener;

    private DurableStreamsServer(DurableStreams streams, boolean ownsStreams) throws IOException {
        this.streams = streams;
        this.ownsStreams = ownsStreams;
        this.http = streams.newHttpServer(streams.config());
        http.connectionsMax(
                Descriptors.ofProcess().connectionsMax(streams.engine().shards().count()));
        this.acceptors = streams.engine().sockets().loops(1, "accept");
        try {
            this.listener = bind(streams.config().listen());
        } catch (IOException e) {
            acceptors.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
            throw e;
        }
        streams.attach(this);
    }

    /**
     * Opens streams and serves them; it answers when this returns. {@link #stop} closes the streams too.
     *
     * @param config where streams are kept and where the server listens
     * @return the server, which owns its {@link #streams}
     * @throws IOException if the transport cannot be had, the address cannot be listened on, or the data directory cannot
     *     be used; nothing is left running
     */
    public static DurableStreamsServer start(ServerConfig config) throws IOException {
        DurableStreams streams = DurableStreams.open(config);
        try {
            return new DurableStreamsServer(streams, true);
        } catch (IOException e) {
            streams.close();
            throw e;
        }
    }

    /**
     * Serves streams that are open already; it answers when this returns. They stay open when the server stops; closing
     * them stops the server.
     *
     * @param streams not closed; their configuration says where to listen
     * @return the server, which listens
     * @throws IOException if the address cannot be listened on
     * @throws IllegalStateException if the streams are closed
     */
    public static DurableStreamsServer start(DurableStreams streams) throws IOException {
        return new DurableStreamsServer(streams, false);
    }

    private Channel bind(ListenConfig listen) throws IOException {
        InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
        if (address.isUnresolved()) {
            throw new IOException("host " + listen.host() + " cannot be resolved; expected a name or an address of this"
                    + " machine");
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(acceptors, streams.engine().loops())
                .channel(streams.engine().sockets().serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new AcceptFaults())
                .childHandler(http.listener(ListenerKind.PUBLIC))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess() && OpenFiles.areUsedUp()) {
            throw new IOException(
                    "cannot listen on " + listen.host() + " port " + listen.port() + ": " + OpenFiles.problem(),
                    bound.cause());
        }
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + listen.host() + " port " + listen.port() + ": "
                            + bound.cause().getMessage() + "; " + remedy(address),
                    bound.cause());
        }
        return bound.channel();
    }

    /** What helps where an address cannot be listened on: found by a look at the machine, not by the system's words. */
    private static String remedy(InetSocketAddress address) {
        if (!isOfThisMachine(address.getAddress())) {
            return address.getHostString() + " is not an address of this machine; name one with --host";
        }
        return "stop the process that listens there, or name another port with --port, 0 for any that is free"
                + (address.getPort() <= PRIVILEGED_PORT_MAX ? "; a port this low may be kept for root" : "");
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;
        }
    }

    /** {@return the streams that are served, for calls without a socket} */
    public DurableStreams streams() {
        return streams;
    }

    /** {@return where the server listens, with the port that it got where 0 was asked for} */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** {@return what the memory of this process gives to each kind of work, in one line} */
    public String limits() {
        return streams.engine().memory().plan().text() + "; max-body "
                + streams.config().http().bodyBytesMax() + "; connections "
                + http.connectionsMax() + ", of " + OpenFiles.max() + " file descriptors";
    }

    /** {@return the URL that streams are below, with a slash at its end} */
    public String url() {
        String host = streams.config().listen().host();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + address().getPort() + streams.config().root();
    }

    /**
     * Stops the server: takes no more connections, answers what is in flight, answers waiting long-polls, ends event
     * streams, and closes. Returns when that is done, after the configured time at the latest.
     */
    @Override
    public void stop() {
        long deadline = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(streams.config().shutdownTimeoutMillis());
        listener.close().awaitUninterruptibly();
        http.stop();
        http.awaitConnectionsClosed(deadline);
        acceptors.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS).awaitUninterruptibly();
        streams.detach(this);
        if (ownsStreams) {
            streams.close(deadline);
        }
    }

    /**
     * Waits until the server was stopped. Its threads do not keep a process alive: a {@code main} that does nothing else ends
     * with this.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitStop() throws InterruptedException {
        listener.closeFuture().await();
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
