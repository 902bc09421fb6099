package io.streamkeeper.server;

import io.netty.channel.EventLoopGroup;
import io.netty.util.NettyRuntime;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.ClusterSettings;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.forward.Forwarding;
import io.streamkeeper.server.forward.LeaderTrust;
import io.streamkeeper.server.limit.Limits;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import io.streamkeeper.server.outbound.ClientTls;
import io.streamkeeper.server.registry.Registry;
import io.streamkeeper.server.security.SecurityPolicy;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.server.shard.Shards.StreamCounts;
import io.streamkeeper.server.shard.Splitters;
import io.streamkeeper.server.shard.Stores;
import io.streamkeeper.server.shard.WorkerThreads;
import io.streamkeeper.server.subscription.SubscriptionFigures;
import io.streamkeeper.server.subscription.SubscriptionParts;
import io.streamkeeper.server.subscription.SubscriptionSpec.Kind;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.storage.disk.FileProblem;
import io.streamkeeper.storage.disk.OpenFiles;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tier.TierFigures;
import io.streamkeeper.storage.tier.TierUsage;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops, the shards on them, the threads that may block, and the stores, which together execute commands.
 * Opened and closed once; safe for use by any thread.
 */
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final Sockets sockets;
    private final EventLoopGroup loops;
    private final @Nullable EventLoopGroup readers;
    private final ExecutorService workers;
    private final Stores stores;
    private final Shards shards;
    private final MemoryLedger memory;
    private final ServerConfig config;
    private final @Nullable ClusterMember cluster;
    private final @Nullable Forwarding forwarding;
    private final @Nullable Limits limits;

    /** While this process writes it. */
    private volatile @Nullable Registry registry;

    private final @Nullable SubscriptionSystem subscriptions;

    /** Runs what only the leader of a cluster runs; null without a cluster. */
    private final @Nullable WhileLeading leading;

    private final long recoveryNanos;

    private Engine(
            Sockets sockets,
            StoresFactory.Opened opened,
            @Nullable Limits limits,
            @Nullable ClientTls leaderTls,
            long beganNanos)
            throws IOException {
        this.sockets = sockets;
        this.stores = opened.stores();
        this.memory = opened.memory();
        this.config = opened.config();
        this.cluster = opened.cluster();
        this.workers = newWorkers();
        this.forwarding = cluster == null || leaderTls == null ? null : forwarding(cluster, leaderTls);
        this.limits = limits;
        this.loops = sockets.loops(stores.shards(), "loop");
        this.readers = sockets.canMove() ? sockets.loops(helpers(), "reader") : null;
        try {
            this.shards = new Shards(
                    stores,
                    loops,
                    limits == null
                            ? null
                            : limits.ofContent(stores.shards(), config.data().registry() ? StreamPath.REGISTRY : null),
                    () -> Splitters.of(config));
        } catch (IOException e) {
            endThreads(0);
            throw e;
        }
        this.recoveryNanos = System.nanoTime() - beganNanos;
        shards.start();
        try {
            this.subscriptions = config.subscriptions().isOn()
                    ? SubscriptionSystem.open(config, sockets, shards, memory, limits, workers)
                    : null;
            if (cluster == null) {
                this.leading = null;
                lead();
            } else {
                this.leading = WhileLeading.start(cluster, this::lead, this::unlead);
            }
        } catch (IOException | RuntimeException e) {
            shards.close();
            endThreads(0);
            throw e;
        }
    }

    /** Only this process decides about all streams from now on: it writes the registry and serves subscriptions. */
    private void lead() throws IOException {
        if (subscriptions != null) {
            subscriptions.lead();
        }
        if (config.data().registry()) {
            registry = Registry.start(shards, memory, () -> Splitters.of(config));
        }
    }

    private void unlead() {
        Registry written = registry;
        registry = null;
        if (written != null) {
            written.close();
        }
        if (subscriptions != null) {
            subscriptions.unlead();
        }
    }

    /**
     * Opens the stores and shards that the configuration names.
     *
     * @throws IllegalArgumentException if the memory of this process is too small for the configuration
     * @throws IOException if the transport is not available or the data directory cannot be used; no thread is left
     *     running
     */
    static Engine open(ServerConfig config) throws IOException {
        config.cluster().check(config);
        Sockets sockets = Sockets.of(config.listen().transport());
        Limits limits = Limits.open(config.limits());
        long beganNanos = System.nanoTime();
        Engine opened = null;
        try {
            ClientTls leaderTls = config.cluster().isOn() ? leaderTls(config.cluster()) : null;
            opened = new Engine(sockets, StoresFactory.open(config), limits, leaderTls, beganNanos);
            return opened;
        } catch (IOException e) {
            throw FileProblem.explained(e, config.data().directory());
        } finally {
            if (opened == null && limits != null) {
                limits.close();
            }
        }
    }

    private static ClientTls leaderTls(ClusterSettings cluster) throws IOException {
        Path authority = cluster.authority();
        return new ClientTls(authority == null ? null : LeaderTrust.of(authority));
    }

    /** Starts a few threads for work that would block a loop. */
    private static ExecutorService newWorkers() {
        return WorkerThreads.start("streamkeeper-worker", helpers());
    }

    /** The number of threads of each kind beside those of the shards. */
    private static int helpers() {
        return Math.max(1, NettyRuntime.availableProcessors() / 2);
    }

    /** The configuration with which it was opened, with the limits that follow from the memory of this process. */
    ServerConfig config() {
        return config;
    }

    /** What is stored where, how safely, and how long the start took to read it, in one line. */
    String storage() {
        String shardsText = shards.count() + (shards.count() == 1 ? " shard" : " shards");
        if (config.data().durability() == Durability.MEMORY) {
            return "in memory only: all streams are lost when the server stops; " + shardsText;
        }
        long streams = shards.streamCounts().join().all();
        return config.data().directory().toAbsolutePath() + ", store " + stores.identity() + ", durability "
                + config.data().durability().name().toLowerCase(Locale.ROOT) + ", " + shardsText + "; "
                + streams + (streams == 1 ? " stream" : " streams") + ", read in "
                + String.format(Locale.ROOT, "%.2f s", recoveryNanos * 1e-9);
    }

    private Forwarding forwarding(ClusterMember member, ClientTls tls) {
        if (!config.cluster().hasTls() && !config.cluster().isLoopback()) {
            LOG.warn(
                    "the members {} reach each other without TLS: any process that reaches their ports can change all"
                            + " streams; expected --cluster-tls-cert, --cluster-tls-key and --cluster-tls-ca",
                    config.cluster().members());
        }
        return new Forwarding(
                new MemberReplica(member), config.cluster().routing(), sockets.clientChannel(), tls, workers);
    }

    /** How requests reach the leader of the cluster; null without one. */
    @Nullable
    Forwarding forwarding() {
        return forwarding;
    }

    /** What this server is in its cluster; null without one. */
    @Nullable
    ClusterMember cluster() {
        return cluster;
    }

    /** The memory budgets of this process. */
    MemoryLedger memory() {
        return memory;
    }

    /** The transport of the loops. */
    Sockets sockets() {
        return sockets;
    }

    EventLoopGroup loops() {
        return loops;
    }

    /** The loops for connections that read long answers; null if the transport cannot move connections. */
    @Nullable
    EventLoopGroup readers() {
        return readers;
    }

    /** What each client and each tenant may use; null if nothing is limited. */
    @Nullable
    Limits limits() {
        return limits;
    }

    Executor workers() {
        return workers;
    }

    /** What requests about subscriptions use; null if there are none. */
    @Nullable
    SubscriptionParts subscriptions() {
        return subscriptions == null ? null : subscriptions.parts();
    }

    /** The program itself begins to use subscriptions. */
    void beginSubscriptions() {
        if (subscriptions != null) {
            subscriptions.begin();
        }
    }

    /** How many file descriptors webhooks take at most. */
    int webhookDescriptors() {
        return subscriptions == null ? 0 : subscriptions.descriptors();
    }

    /**
     * A server begins on these streams: subscriptions are woken while there is one.
     *
     * @param policy decides who may do what; null if everybody may do everything
     * @param url below which it serves the streams; null if that is not known
     * @return ends that
     */
    Runnable serve(@Nullable SecurityPolicy policy, @Nullable String url) {
        return subscriptions == null ? () -> {} : subscriptions.serve(policy, url);
    }

    Shards shards() {
        return shards;
    }

    /** The counters and current values; completed on {@code executor}. */
    CompletableFuture<MetricsSnapshot> metrics(Executor executor) {
        return shards.counters()
                .snapshot()
                .thenCombine(shards.streamCounts(), Engine::withStreams)
                .thenCombine(figures(), this::withSubscriptions)
                .thenApplyAsync(this::withProcess, executor);
    }

    private CompletableFuture<SubscriptionFigures> figures() {
        return subscriptions == null
                ? CompletableFuture.completedFuture(SubscriptionFigures.NONE)
                : subscriptions.figures();
    }

    private MetricsSnapshot.Builder withSubscriptions(MetricsSnapshot.Builder snapshot, SubscriptionFigures figures) {
        for (Kind kind : Kind.values()) {
            for (SubscriptionView.State state : SubscriptionView.State.values()) {
                snapshot.add(
                        Metric.SUBSCRIPTIONS,
                        figures.groups().getOrDefault(new SubscriptionFigures.Group(kind, state), 0L),
                        kind.text().replace('-', '_'),
                        state.text());
            }
        }
        return snapshot.add(Metric.WEBHOOKS_IN_FLIGHT, subscriptions == null ? 0 : subscriptions.webhooksUnderWay())
                .add(Metric.SUBSCRIPTION_LINKS, figures.links())
                .add(Metric.SUBSCRIPTION_LEASES, figures.leases())
                .add(Metric.SUBSCRIPTIONS_FAILING, figures.failing())
                .add(Metric.SUBSCRIPTIONS_LACKING_ROOM, figures.lackingRoom())
                .add(Metric.SUBSCRIPTION_PENDING_LINKS, figures.lag().links())
                .add(Metric.SUBSCRIPTION_PENDING_BYTES, figures.lag().bytes())
                .addNanos(
                        Metric.SUBSCRIPTION_PENDING_SECONDS, nanos(figures.lag().oldestMillis()))
                .addNanos(Metric.SUBSCRIPTION_UNCLAIMED_SECONDS, nanos(figures.unclaimedMillis()))
                .add(Metric.WEBHOOKS_WAITING, figures.waitingDeliveries());
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static MetricsSnapshot.Builder withStreams(MetricsSnapshot.Builder snapshot, StreamCounts streams) {
        return snapshot.add(Metric.STREAMS, streams.all())
                .add(Metric.STREAMS_CLOSED, streams.closed())
                .add(Metric.STREAMS_EXPIRING, streams.expiring())
                .add(Metric.STREAMS_AGED, streams.aged())
                .add(Metric.EXTENT_FILES, streams.extents().files())
                .add(Metric.EXTENT_BYTES, streams.extents().bytes())
                .add(Metric.EXTENT_NEEDED_BYTES, streams.extents().neededBytes());
    }

    private MetricsSnapshot withProcess(MetricsSnapshot.Builder snapshot) {
        addDisk(snapshot);
        Tier tier = stores.tier();
        if (tier != null) {
            addTier(snapshot, tier.usage(), tier.figures());
        }
        if (cluster != null && forwarding != null) {
            ClusterMetrics.add(snapshot, cluster.status(), forwarding);
        }
        Registry written = registry;
        snapshot.addNanos(Metric.REGISTRY_BEHIND_SECONDS, written == null ? 0 : written.behindNanos());
        snapshot.add(Metric.BACKLOG_BYTES, shards.backlogBytes())
                .addNanos(Metric.RECOVERY_SECONDS, recoveryNanos)
                .add(Metric.SHARDS_FAILED, shards.failedCount())
                .add(Metric.OPEN_FDS, OpenFiles.count())
                .add(Metric.MAX_FDS, OpenFiles.max());
        for (Budget budget : memory.budgets()) {
            String name = budget.name().replace(' ', '_');
            snapshot.add(Metric.BUDGET_USED_BYTES, budget.usedBytes(), name)
                    .add(Metric.BUDGET_LIMIT_BYTES, budget.bytesMax(), name)
                    .add(Metric.BUDGET_REFUSALS, budget.refusals(), name);
        }
        return snapshot.build();
    }

    /** Adds the space of the disk; nothing if the data directory is lost. */
    private void addDisk(MetricsSnapshot.Builder snapshot) {
        if (config.data().durability() == Durability.MEMORY) {
            return;
        }
        try {
            FileStore disk = Files.getFileStore(config.data().directory());
            snapshot.add(Metric.DISK_FREE_BYTES, disk.getUsableSpace()).add(Metric.DISK_BYTES, disk.getTotalSpace());
        } catch (IOException e) {
            LOG.debug("the space of the disk is unknown", e);
        }
    }

    private static void addTier(MetricsSnapshot.Builder snapshot, TierUsage usage, TierFigures figures) {
        snapshot.add(Metric.TIER_OBJECTS, usage.objects())
                .add(Metric.TIER_OBJECT_BYTES, usage.objectBytes())
                .add(Metric.TIER_LOCAL_BYTES, usage.localBytes())
                .add(Metric.TIER_WAITING_BYTES, usage.waitingBytes())
                .add(Metric.TIER_UNNEEDED_OBJECTS, usage.unneeded())
                .addNanos(Metric.TIER_FAILING_SECONDS, nanos(usage.failingMillis()))
                .add(Metric.TIER_SNAPSHOT_SECONDS, usage.snapshotSeconds())
                .add(Metric.TIER_SENT_BYTES, figures.uploadedBytes())
                .add(Metric.TIER_READS, figures.reads())
                .add(Metric.TIER_RECEIVED_BYTES, figures.readBytes())
                .add(Metric.TIER_CACHED_READS, figures.cachedReads())
                .add(Metric.TIER_DELETIONS, figures.deletions())
                .add(Metric.TIER_FAILURES, figures.failures());
    }

    /** Closes the stores; no command may follow. Waits at most {@code waitNanos} for commands in progress. */
    void close(long waitNanos) {
        if (leading != null) {
            leading.close();
        }
        if (subscriptions != null) {
            subscriptions.close();
        }
        Registry written = registry;
        if (written != null) {
            written.close();
        }
        shards.close();
        endThreads(waitNanos);
        if (limits != null) {
            limits.close();
        }
    }

    /**
     * Ends the loops before the stores: a store's late answer to a loop can be lost, but a loop's late write to a store
     * must not be.
     */
    private void endThreads(long waitNanos) {
        workers.shutdown();
        if (readers != null) {
            end(readers, waitNanos);
        }
        end(loops, waitNanos);
        stores.close();
    }

    private static void end(EventLoopGroup group, long waitNanos) {
        group.shutdownGracefully(0, Math.max(0, waitNanos), TimeUnit.NANOSECONDS)
                .awaitUninterruptibly();
    }
}
