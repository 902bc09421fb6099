package io.streamkeeper.server;

import io.netty.channel.EventLoopGroup;
import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.HostRule;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.http.Listener;
import io.streamkeeper.server.http.ListenerKind;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.tls.TlsIdentity;
import io.streamkeeper.storage.disk.OpenFiles;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the streams of a {@link DurableStreams} over HTTP, on its own listening sockets: one for clients and, if the
 * configuration names it, one for administration, which serves no streams. Started and stopped once; safe for use by
 * any thread.
 *
 * <p>The configuration with which the streams were opened specifies the listen addresses, the path of the streams and
 * the limits of a connection. The same shards answer requests over HTTP and through the Java API, so both see the same
 * data.
 */
public final class DurableStreamsServer implements AutoCloseable, Serving {
    private final DurableStreams streams;
    private final boolean ownsStreams;
    private final boolean authenticates;
    private final EventLoopGroup acceptors;
    private final HttpServer http;
    private final @Nullable TlsIdentity tls;
    private final ListeningSocket socket;
    private final @Nullable ListeningSocket adminSocket;

    /** Owns {@code policy}, also if it fails. */
    private DurableStreamsServer(
            DurableStreams streams, boolean ownsStreams, @Nullable TlsIdentity tls, @Nullable SecurityPolicy policy)
            throws IOException {
        this.streams = streams;
        this.ownsStreams = ownsStreams;
        this.authenticates = policy != null || streams.config().tls().authenticates();
        this.tls = tls;
        this.http = streams.newHttpServer(streams.config(), policy);
        ListenConfig listen = streams.config().listen();
        InetSocketAddress adminAddress = listen.adminAddress();
        int kept = adminAddress == null ? 0 : HttpServer.ADMINISTRATIVE_CONNECTIONS_MAX;
        http.connectionsMax(
                Descriptors.ofProcess().connectionsMax(streams.engine().shards().count(), kept));
        if (tls != null) {
            long bytes = MemoryPlan.BYTES_PER_CONNECTION + TlsIdentity.BYTES_PER_CONNECTION;
            http.connectionsMax(
                    (int) Math.max(1, streams.engine().memory().plan().connectionBytes() / bytes));
        }
        this.acceptors = streams.engine().sockets().loops(1, "accept");
        try {
            this.socket = open(ListenerKind.PUBLIC, new InetSocketAddress(listen.host(), listen.port()));
            this.adminSocket = adminAddress == null ? null : openOrClose(adminAddress);
        } catch (IOException | RuntimeException e) {
            acceptors.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
            http.close();
            throw e;
        }
        if (tls != null) {
            tls.watch();
        }
        streams.attach(this);
    }

    private static @Nullable TlsIdentity openTls(ServerConfig config) throws IOException {
        if (config.tls().isOn()) {
            return TlsIdentity.open(config.tls());
        }
        config.tls().check();
        return null;
    }

    private ListeningSocket open(ListenerKind kind, InetSocketAddress address) throws IOException {
        Engine engine = streams.engine();
        HostRule hosts =
                HostRule.of(!address.isUnresolved() && address.getAddress().isLoopbackAddress(), hostNames(address));
        Listener listener = http.listener(kind, hosts, kind == ListenerKind.PUBLIC ? tls : null);
        return ListeningSocket.open(listener, address, engine.sockets(), acceptors, engine.loops());
    }

    /** The names by which clients may address a listener. */
    private List<String> hostNames(InetSocketAddress address) {
        List<String> names = new ArrayList<>(streams.config().security().hostNames());
        names.add(address.getHostString());
        return names;
    }

    /** Opens the administration listener; if that fails, closes the public one. */
    private ListeningSocket openOrClose(InetSocketAddress address) throws IOException {
        try {
            return open(ListenerKind.ADMINISTRATIVE, address);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Opens streams and serves them; the server accepts requests when this returns. {@link #stop} also closes the
     * streams.
     *
     * @param config where streams are kept and where the server listens
     * @return the server, which owns its {@link #streams}
     * @throws IllegalArgumentException if other machines reach the address, and the configuration neither contains
     *     authentication nor allows clients without it; or if a setting is missing that another one needs
     * @throws IOException if the transport is not available, the server cannot listen on the address, the data directory
     *     cannot be used, or the files of TLS cannot; no thread is left running
     */
    public static DurableStreamsServer start(ServerConfig config) throws IOException {
        Exposure.check(config, Exposure.authenticates(config));
        TlsIdentity tls = openTls(config);
        SecurityPolicy policy = Exposure.policy(config);
        DurableStreams streams;
        try {
            streams = DurableStreams.open(config);
        } catch (IOException | RuntimeException e) {
            if (policy != null) {
                policy.close();
            }
            throw e;
        }
        try {
            return new DurableStreamsServer(streams, true, tls, policy);
        } catch (IOException | RuntimeException e) {
            streams.close();
            throw e;
        }
    }

    /**
     * Serves streams that are already open; the server accepts requests when this returns. The streams stay open when
     * the server stops; to close them stops the server.
     *
     * @param streams not closed; their configuration specifies where to listen, and who may do what
     * @return the server, which listens
     * @throws IllegalArgumentException as for {@link #start(ServerConfig)}
     * @throws IOException if the server cannot listen on the address, or a file of the security configuration cannot be
     *     read
     * @throws IllegalStateException if the streams are closed
     */
    public static DurableStreamsServer start(DurableStreams streams) throws IOException {
        Exposure.check(streams.config(), Exposure.authenticates(streams.config()));
        TlsIdentity tls = openTls(streams.config());
        return new DurableStreamsServer(streams, false, tls, Exposure.policy(streams.config()));
    }

    /**
     * Serves streams that are already open to clients that a policy allows.
     *
     * @param streams as for {@link #start(DurableStreams)}
     * @param policy decides who may do what, in place of the configuration; closed when the server stops, or if it does not start
     * @return the server, which listens
     * @throws IllegalArgumentException if a setting is missing that another one needs
     * @throws IOException if the server cannot listen on the address, or the files of TLS cannot be used
     * @throws IllegalStateException if the streams are closed
     */
    public static DurableStreamsServer start(DurableStreams streams, SecurityPolicy policy) throws IOException {
        return new DurableStreamsServer(streams, false, openTls(streams.config()), policy);
    }

    /** {@return the streams that are served, for calls without a socket} */
    public DurableStreams streams() {
        return streams;
    }

    /** {@return the address on which the server listens, with the actual port if 0 was configured} */
    public InetSocketAddress address() {
        return socket.address();
    }

    /** {@return the address on which the server listens for administration; empty if the configuration names none} */
    public Optional<InetSocketAddress> adminAddress() {
        return Optional.ofNullable(adminSocket).map(ListeningSocket::address);
    }

    /** {@return the memory budgets and limits of this process, in one line} */
    public String limits() {
        return streams.engine().memory().plan().text() + "; max-body "
                + streams.config().http().bodyBytesMax() + "; connections "
                + http.connectionsMax() + ", of " + OpenFiles.max() + " file descriptors";
    }

    /** {@return whether other machines can reach it, and clients do not have to authenticate themselves} */
    public boolean isOpenToAll() {
        return !authenticates && Exposure.isReachable(streams.config());
    }

    /** {@return the URL below which the streams are, with a slash at its end} */
    public String url() {
        String host = streams.config().listen().host();
        return (tls == null ? "http://" : "https://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + address().getPort() + streams.config().root();
    }

    /**
     * Stops the server: accepts no more connections, answers requests in flight and waiting long-polls, ends event
     * streams, and closes the connections. Returns when this is complete, or at the latest after the configured {@code
     * shutdownTimeoutMillis}.
     */
    @Override
    public void stop() {
        long deadline = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(streams.config().shutdownTimeoutMillis());
        socket.close();
        if (adminSocket != null) {
            adminSocket.close();
        }
        http.stop();
        http.awaitConnectionsClosed(deadline);
        if (tls != null) {
            tls.close();
        }
        acceptors.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS).awaitUninterruptibly();
        streams.detach(this);
        if (ownsStreams) {
            streams.close(deadline);
        }
    }

    /**
     * Waits until the server is stopped. Its threads do not keep a process alive, so a {@code main} that does nothing
     * else ends with this call.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitStop() throws InterruptedException {
        socket.awaitClose();
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
