package io.streamkeeper.server;

import io.netty.channel.EventLoopGroup;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.server.admin.LogLevels;
import io.streamkeeper.server.config.ClusterSettings;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.console.ConsoleHandler;
import io.streamkeeper.server.http.HttpServer;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.tls.TlsIdentity;
import io.streamkeeper.storage.disk.OpenFiles;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the streams of a {@link DurableStreams} over HTTP, on its own listening sockets: one for clients and, if the
 * configuration does not exclude it, one for administration, which serves no streams. Started and stopped once; safe for use by
 * any thread.
 *
 * <p>The configuration with which the streams were opened specifies the listen addresses, the path of the streams and
 * the limits of a connection. The same shards answer requests over HTTP and through the Java API, so both see the same
 * data.
 */
public final class DurableStreamsServer implements AutoCloseable, Serving {
    private static final Logger LOG = LoggerFactory.getLogger(DurableStreamsServer.class);

    private static final long HANDOVER_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

    private final DurableStreams streams;
    private final boolean ownsStreams;
    private final boolean authenticates;
    private final EventLoopGroup acceptors;
    private final HttpServer http;
    private final @Nullable TlsIdentity tls;
    private final ListeningSockets sockets;
    private final Runnable endsServing;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Owns {@code policy}, also if it fails. */
    private DurableStreamsServer(
            DurableStreams streams,
            boolean ownsStreams,
            @Nullable TlsIdentity tls,
            @Nullable SecurityPolicy policy,
            @Nullable LogLevels levels)
            throws IOException {
        this.streams = streams;
        this.ownsStreams = ownsStreams;
        this.authenticates = policy != null || streams.config().tls().authenticates();
        this.tls = tls;
        this.http = streams.newHttpServer(streams.config(), policy, levels);
        int kept = ListeningSockets.adminAddress(streams.config(), policy != null) == null
                ? 0
                : HttpServer.ADMINISTRATIVE_CONNECTIONS_MAX;
        http.connectionsMax(Descriptors.ofProcess()
                .connectionsMax(
                        streams.engine().shards().count(),
                        kept + streams.engine().webhookDescriptors()));
        if (tls != null) {
            long bytes = MemoryPlan.BYTES_PER_CONNECTION + TlsIdentity.BYTES_PER_CONNECTION;
            http.connectionsMax(
                    (int) Math.max(1, streams.engine().memory().plan().connectionBytes() / bytes));
        }
        this.acceptors = streams.engine().sockets().loops(1, "accept");
        try {
            this.sockets = ListeningSockets.open(streams.engine(), streams.config(), http, acceptors, tls);
        } catch (IOException | RuntimeException e) {
            acceptors.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
            http.close();
            throw e;
        }
        if (tls != null) {
            tls.watch();
        }
        http.publicSocketsClosedBy(sockets::closePublic);
        ClusterMember member = streams.cluster();
        if (member != null) {
            ClusterSettings cluster = streams.config().cluster();
            member.advertise(cluster.hasAdvertise() ? cluster.advertise() : origin());
        }
        this.endsServing = streams.engine().serve(policy, url());
        warnOfCallbacks();
        streams.attach(this);
    }

    /** Receivers of webhooks get a URL, which cannot be that of all addresses. */
    private void warnOfCallbacks() {
        boolean isKnown = streams.config().subscriptions().hasPublicUrl()
                || !address().getAddress().isAnyLocalAddress();
        if (streams.config().subscriptions().isOn() && !isKnown) {
            LOG.warn(
                    "webhooks contain callback URLs below {}, which receivers do not reach; expected --public-url, or"
                            + " --subscriptions 0",
                    url());
        }
    }

    private static @Nullable TlsIdentity openTls(ServerConfig config) throws IOException {
        if (config.tls().isOn()) {
            return TlsIdentity.open(config.tls());
        }
        config.tls().check();
        return null;
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
        return startOwner(config, null);
    }

    /**
     * The same, and an operator may change the levels of the log of this process.
     *
     * @param config as for {@link #start(ServerConfig)}
     * @param levels reads and changes them
     * @return the server, which owns its {@link #streams}
     * @throws IllegalArgumentException as for {@link #start(ServerConfig)}
     * @throws IOException as for {@link #start(ServerConfig)}
     */
    public static DurableStreamsServer start(ServerConfig config, LogLevels levels) throws IOException {
        return startOwner(config, levels);
    }

    private static DurableStreamsServer startOwner(ServerConfig config, @Nullable LogLevels levels) throws IOException {
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
            return new DurableStreamsServer(streams, true, tls, policy, levels);
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
        return new DurableStreamsServer(streams, false, tls, Exposure.policy(streams.config()), null);
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
        return new DurableStreamsServer(streams, false, openTls(streams.config()), policy, null);
    }

    /** {@return the streams that are served, for calls without a socket} */
    public DurableStreams streams() {
        return streams;
    }

    /** {@return the address on which the server listens, with the actual port if 0 was configured} */
    public InetSocketAddress address() {
        return sockets.address();
    }

    /** {@return the address on which the server listens for administration; empty if it does not} */
    public Optional<InetSocketAddress> adminAddress() {
        return sockets.adminAddress();
    }

    /** {@return the memory budgets and limits of this process, in one line} */
    public String limits() {
        return streams.engine().memory().plan().text() + "; max-body "
                + streams.config().http().bodyBytesMax() + "; connections "
                + http.connectionsMax() + ", of " + OpenFiles.max() + " file descriptors";
    }

    /** {@return what is stored where and how safely, and what the start has read, in one line} */
    public String storage() {
        return streams.engine().storage();
    }

    /** {@return whether clients have to authenticate themselves} */
    public boolean authenticates() {
        return authenticates;
    }

    /** {@return whether other machines can reach it, and clients do not have to authenticate themselves} */
    public boolean isOpenToAll() {
        return !authenticates && Exposure.isReachable(streams.config());
    }

    /** {@return the URL below which the streams are, with a slash at its end} */
    public String url() {
        return origin() + streams.config().root();
    }

    /** {@return the URL of the page for people; empty if the listener for clients does not serve it} */
    public Optional<String> consoleUrl() {
        return streams.config().listen().console()
                        && ConsoleHandler.isBeside(streams.config().root())
                ? Optional.of(origin() + ConsoleHandler.PATH)
                : Optional.empty();
    }

    private String origin() {
        String host = streams.config().listen().host();
        return (tls == null ? "http://" : "https://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + address().getPort();
    }

    /**
     * Runs a task when the server should be stopped and started again with the same configuration: it is a member of a
     * cluster, was away for too long, and has received the state of another member, which takes the place of its own one
     * at the start. Until then it is not ready, and says why. Never runs without a cluster.
     *
     * @param task may call {@link #stop}; runs on another thread, perhaps at once
     */
    public void whenRestartIsNeeded(Runnable task) {
        ClusterMember member = streams.cluster();
        if (member != null) {
            member.whenStateIsReceived(task);
        }
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
        endsServing.run();
        handOver(deadline);
        sockets.close();
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
        stopped.countDown();
    }

    /** Lets another member lead before this one ends, so that the requests in flight are executed by that one. */
    private void handOver(long deadlineNanos) {
        ClusterMember member = streams.cluster();
        if (member == null || !member.leads()) {
            return;
        }
        long waitNanos = Math.min(HANDOVER_NANOS_MAX, deadlineNanos - System.nanoTime());
        try {
            member.transferLeadership().get(Math.max(0, waitNanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("no other member takes the lead before this one ends", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until the server is stopped. Its threads do not keep a process alive, so a {@code main} that does nothing
     * else ends with this call.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitStop() throws InterruptedException {
        stopped.await();
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
