package io.streamkeeper.server.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.streamkeeper.server.admin.Drain;
import io.streamkeeper.server.admin.LogLevels;
import io.streamkeeper.server.config.AddressRanges;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.http.decode.BodyRoom;
import io.streamkeeper.server.http.parse.BodyParser;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.respond.Compression;
import io.streamkeeper.server.http.respond.CrossOriginRule;
import io.streamkeeper.server.http.respond.RefusalReports;
import io.streamkeeper.server.http.respond.ResponseWriter;
import io.streamkeeper.server.limit.ClientShares;
import io.streamkeeper.server.limit.Limits;
import io.streamkeeper.server.log.AccessLog;
import io.streamkeeper.server.log.RareReport;
import io.streamkeeper.server.metrics.LoopCounters;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.server.metrics.TrafficCounter;
import io.streamkeeper.server.security.AuditLog;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.Splitters;
import io.streamkeeper.server.shard.TurnQueue;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.tls.TlsIdentity;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.memory.MemoryLedger;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of a server: the state that its listeners share. It bounds the number of connections and ends them when
 * the server stops. Safe for use by any thread.
 */
public final class HttpServer {
    /**
     * Limit for connections of administrative listeners. They are accepted in addition to those of clients, so that the
     * health of a server whose connections are all in use can still be checked.
     */
    public static final int ADMINISTRATIVE_CONNECTIONS_MAX = 16;

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final ServerConfig config;
    private final Shards shards;
    private final MemoryLedger memory;
    private final BodyRoom bodyRoom;
    private final ClientShares clientShares;
    private final Executor workers;
    private final Compression compression;
    private final CrossOriginRule origins;
    private final RefusalReports refusals;
    private final SiteGuard siteGuard;
    private final Clock clock;
    private final IdentityHashMap<EventExecutor, LoopContext> contexts = new IdentityHashMap<>();
    private final ConcurrentMap<EventExecutor, LoopContext> foreignContexts = new ConcurrentHashMap<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final ChannelGroup administrative = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final @Nullable EventLoopGroup readers;
    private final @Nullable SecurityPolicy policy;
    private final @Nullable AuditLog audit;
    private final @Nullable AccessLog accessLog;
    private final AddressRanges proxies;
    private final @Nullable Limits limits;
    private final RareReport closedConnections;
    private final @Nullable SubscriptionParts subscriptions;
    private final @Nullable Forwarding forwarding;
    private final Supplier<CompletableFuture<MetricsSnapshot>> metrics;
    private final @Nullable LogLevels levels;
    private final StreamsSessions streamsSessions;
    private volatile int connectionsMax;
    private final AtomicLong policyChanges = new AtomicLong();
    private final Drain drain = new Drain(new Clients());
    private volatile Runnable closesPublicSockets = () -> {};
    private volatile boolean stopping;
    private volatile boolean drains;

    /**
     * Serves {@code shards}; {@code workers} compress, and compute the handshakes of TLS.
     *
     * @param memory counts the memory of input and output
     * @param loops the server's own loops, for which the shared state is created in advance; for a loop of another
     *     server it is created with the first connection
     * @param policy decides who may do what; closed when the server stops; null if everybody may do everything
     * @param audit records who did what; closed when the server stops; null for none
     * @param accessLog has a line for each request; closed when the server stops; null for none
     * @param limits what each client and tenant may use; closed by its owner; null if nothing is limited
     * @param metrics reads the metrics, and completes on a thread that may block
     * @param levels the levels of the log; null if an operator cannot change them
     * @param subscriptions the subscriptions of these streams; null if there are none
     * @param forwarding how requests reach the leader of a cluster; null if the server is no member of one
     * @param readers the loops for connections that read long answers; null if no connection changes its loop
     */
    public HttpServer(
            ServerConfig config,
            Shards shards,
            MemoryLedger memory,
            Iterable<EventExecutor> loops,
            @Nullable EventLoopGroup readers,
            Executor workers,
            Clock clock,
            @Nullable SecurityPolicy policy,
            @Nullable AuditLog audit,
            @Nullable AccessLog accessLog,
            @Nullable Limits limits,
            @Nullable SubscriptionParts subscriptions,
            @Nullable Forwarding forwarding,
            Supplier<CompletableFuture<MetricsSnapshot>> metrics,
            @Nullable LogLevels levels) {
        this.config = config;
        this.shards = shards;
        this.memory = memory;
        this.connectionsMax =
                Math.min(config.listen().connectionsMax(), memory.plan().connectionsMax());
        this.bodyRoom = new BodyRoom(memory, config.http().bodyBytesMax());
        this.clientShares = Http2Memory.shares(memory, config.limits().proxies());
        this.workers = workers;
        this.compression = new Compression(workers, memory.compression());
        this.clock = clock;
        this.origins = CrossOriginRule.of(config.security().corsOrigins());
        this.siteGuard = new SiteGuard(origins);
        this.refusals = new RefusalReports(clock::monotonicNanos);
        this.closedConnections = new RareReport(clock::monotonicNanos);
        this.policy = policy;
        this.audit = audit;
        this.accessLog = accessLog;
        this.proxies = config.limits().proxies();
        this.limits = limits;
        this.subscriptions = subscriptions;
        this.forwarding = forwarding;
        this.metrics = metrics;
        this.levels = levels;
        this.streamsSessions = new StreamsSessions(
                SessionMemory.Room.of(memory.heads(), config.limits().proxies()),
                memory.splitting(),
                config.live().sseStreamsMax());
        if (policy != null) {
            policy.onChange(this::policyChanged);
        }
        this.readers = readers;
        for (EventExecutor loop : loops) {
            contexts.put(loop, newContext(loop));
        }
        if (readers != null) {
            for (EventExecutor loop : readers) {
                contexts.put(loop, newContext(loop));
            }
        }
    }

    private LoopContext newContext(EventExecutor loop) {
        RequestParser parser = new RequestParser(
                config.retention(),
                new BodyParser(Splitters.of(config), new JsonRoom(memory.splitting())),
                config.live().sseStreamsMax());
        LoopCounters counters = shards.counters().of(loop);
        ResponseWriter writer = new ResponseWriter(
                ByteBufAllocator.DEFAULT, counters, clock, new SplittableRandom(), config.cache(), origins, refusals);
        TurnQueue turns = shards.turns(loop);
        return new LoopContext(
                parser,
                writer,
                turns,
                new FlushQueue(turns),
                counters,
                new TrafficCounter(counters),
                forwarding != null && loop instanceof EventLoop own ? forwarding.on(own) : null);
    }

    ServerConfig config() {
        return config;
    }

    Shards shards() {
        return shards;
    }

    MemoryLedger memory() {
        return memory;
    }

    BodyRoom bodyRoom() {
        return bodyRoom;
    }

    /** What the connections of HTTP/2 of each client use. */
    ClientShares clientShares() {
        return clientShares;
    }

    /** Threads for work that would block a loop. */
    Executor workers() {
        return workers;
    }

    Compression compression() {
        return compression;
    }

    /** Refuses requests of other sites' pages; no page of another site may administer the server. */
    SiteGuard siteGuard(ListenerKind kind) {
        return kind == ListenerKind.ADMINISTRATIVE ? SiteGuard.STRICT : siteGuard;
    }

    /** Decides who may do what; null if everybody may do everything. */
    @Nullable
    SecurityPolicy policy() {
        return policy;
    }

    /** How often the decisions of the policy have changed. What was decided before the last time is decided again. */
    long policyChanges() {
        return policyChanges.get();
    }

    /** May be called by any thread. */
    private void policyChanged() {
        policyChanges.incrementAndGet();
        if (subscriptions != null) {
            subscriptions.subscriptions().rightsChanged();
        }
        fire(connections.stream(), ConnectionHandler.Event.POLICY_CHANGED);
    }

    /** Records who did what; null for none. */
    @Nullable
    AuditLog audit() {
        return audit;
    }

    /** Has a line for each request; null for none. */
    @Nullable
    AccessLog accessLog() {
        return accessLog;
    }

    /** The addresses of the proxies that name their clients. */
    AddressRanges proxies() {
        return proxies;
    }

    /** What each client and each tenant may use; null if nothing is limited. */
    @Nullable
    Limits limits() {
        return limits;
    }

    /** The subscriptions of these streams; null if there are none. */
    @Nullable
    SubscriptionParts subscriptions() {
        return subscriptions;
    }

    /** How requests reach the leader of a cluster; null if the server is no member of one. */
    @Nullable
    Forwarding forwarding() {
        return forwarding;
    }

    /** The metrics; completed on a thread that may block. */
    CompletableFuture<MetricsSnapshot> metrics() {
        return metrics.get();
    }

    /** The levels of the log; null if an operator cannot change them. */
    @Nullable
    LogLevels logLevels() {
        return levels;
    }

    Clock clock() {
        return clock;
    }

    /** The responses that follow many streams. */
    StreamsSessions streamsSessions() {
        return streamsSessions;
    }

    /** Whether a policy decides who may do what. */
    public boolean hasPolicy() {
        return policy != null;
    }

    /** The end of the service to clients that an operator may request. */
    Drain drain() {
        return drain;
    }

    /** Whether the server stops, or is drained of its clients. */
    boolean isStopping() {
        return stopping || drain.hasBegun();
    }

    /** Whether the connections of listeners of {@code kind} are ended, each after the responses that it owes. */
    boolean isStopping(ListenerKind kind) {
        return stopping || (drains && kind == ListenerKind.PUBLIC);
    }

    /** The loops that a connection of {@code loop} may move to; null if it may not move. */
    @Nullable
    EventLoopGroup readers(EventLoop loop) {
        return contexts.containsKey(loop) ? readers : null;
    }

    /** The state that the connections of {@code loop} share; called on that loop. */
    LoopContext context(EventLoop loop) {
        LoopContext context = contexts.get(loop);
        return context != null ? context : foreignContext(loop);
    }

    /**
     * The context of a loop of another server, created with the loop's first connection. No event reports the end of
     * such a loop, so the creation of a context removes those of loops that have ended.
     */
    private LoopContext foreignContext(EventLoop loop) {
        LoopContext context = foreignContexts.get(loop);
        if (context == null) {
            foreignContexts.keySet().removeIf(EventExecutor::isTerminated);
            context = newContext(loop);
            foreignContexts.put(loop, context);
        }
        return context;
    }

    /** A new listener of this server, with the paths of its kind, for requests that name one of {@code hosts}. */
    public Listener listener(ListenerKind kind, HostRule hosts) {
        return new Listener(this, kind, ServerRoutes.of(kind, this), hosts);
    }

    /**
     * The same for sockets, whose clients may speak HTTP/2; their connections begin with TLS if {@code tls} is not null.
     */
    public Listener listener(ListenerKind kind, HostRule hosts, @Nullable TlsIdentity tls) {
        if (tls != null && policy != null) {
            tls.onChangeOfIssuers(this::policyChanged);
        }
        return new Listener(this, kind, ServerRoutes.of(kind, this), hosts, tls, true);
    }

    /** Whether a connection is accepted; it counts towards the limit from then on until it is closed. */
    boolean admit(Channel channel, ListenerKind kind) {
        if (isStopping(kind)) {
            return false;
        }
        boolean isAdministrative = kind == ListenerKind.ADMINISTRATIVE;
        ChannelGroup open = isAdministrative ? administrative : connections;
        int max = isAdministrative ? ADMINISTRATIVE_CONNECTIONS_MAX : connectionsMax;
        if (open.size() >= max) {
            reportFull(isAdministrative, max);
            return false;
        }
        boolean added = (isAdministrative || holdConnection(channel)) && open.add(channel);
        // A stop that has begun meanwhile may not have seen this connection.
        return added && !isStopping(kind);
    }

    private void reportFull(boolean isAdministrative, int max) {
        long unreported = closedConnections.unreported();
        if (unreported != RareReport.NOT_DUE) {
            LOG.warn(
                    "new connections to the listener for {} are closed, because {} are open, as many as allowed ({} more"
                            + " since the last such line)",
                    isAdministrative ? "administration" : "clients",
                    max,
                    unreported);
        }
    }

    /** Takes one of the connections of the client, until this one is closed. Returns false if none is left. */
    private boolean holdConnection(Channel channel) {
        Runnable release = limits == null ? null : limits.holdConnection(channel.remoteAddress());
        if (release != null) {
            channel.closeFuture().addListener(closed -> release.run());
        }
        return limits == null || release != null;
    }

    /** Lowers the limit of connections to {@code max}, if it is higher. */
    public void connectionsMax(int max) {
        connectionsMax = Math.min(max, connectionsMax);
    }

    /** The limit of connections. */
    public int connectionsMax() {
        return connectionsMax;
    }

    /**
     * From now on each response is the last one of its connection, and a connection that owes no response is closed.
     */
    public void stop() {
        stopping = true;
        fire(Stream.concat(connections.stream(), administrative.stream()), ConnectionHandler.Event.STOPPING);
    }

    /** Sets what stops the server from accepting connections of clients; it returns without waiting. */
    public void publicSocketsClosedBy(Runnable closing) {
        closesPublicSockets = closing;
    }

    private final class Clients implements Drain.Clients {
        @Override
        public int connections() {
            return connections.size();
        }

        @Override
        public void end(Runnable ended) {
            drains = true;
            closesPublicSockets.run();
            fire(connections.stream(), ConnectionHandler.Event.STOPPING);
            connections.newCloseFuture().addListener(closed -> ended.run());
        }
    }

    private static void fire(Stream<Channel> channels, ConnectionHandler.Event event) {
        channels.forEach(channel -> {
            // A loop of another server may have ended, together with its connections.
            if (!channel.eventLoop().isShutdown()) {
                channel.pipeline().fireUserEventTriggered(event);
            }
        });
    }

    /** Closes the policy, the audit log and the access log; no request follows. */
    public void close() {
        if (policy != null) {
            policy.close();
        }
        if (audit != null) {
            audit.close();
        }
        if (accessLog != null) {
            accessLog.close();
        }
    }

    /**
     * Waits until every connection is closed; at {@code deadlineNanos}, closes the remaining ones without waiting for
     * their responses.
     */
    public void awaitConnectionsClosed(long deadlineNanos) {
        // The close future of a connection whose loop has ended never completes.
        connections.removeIf(channel -> channel.eventLoop().isTerminated());
        for (ChannelGroup group : List.of(connections, administrative)) {
            group.newCloseFuture().awaitUninterruptibly(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            group.close().awaitUninterruptibly();
        }
        close();
    }
}
