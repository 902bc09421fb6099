package io.streamkeeper.cluster.store;

import io.streamkeeper.cluster.ChangeStatus;
import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.ClusterFigures;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.cluster.ClusterStatus;
import io.streamkeeper.cluster.FrameLog;
import io.streamkeeper.cluster.LogFailure;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.cluster.MemberChange;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.cluster.NoLeaderException;
import io.streamkeeper.cluster.PeerRequests;
import io.streamkeeper.cluster.RaftNode;
import io.streamkeeper.cluster.state.StateServer;
import io.streamkeeper.cluster.state.StateSource;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.RecordBatches;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores of a member: their journals are in the replicated log, and their extents in the data directory. It owns
 * the member of the cluster, and passes what the log reports to the shards. Safe for use by any thread.
 *
 * <p>A start has three steps. The shards are opened with {@link #storage}, each from its extents and from the log up to
 * the place that any of them needs; then the forks are counted; then {@link #start} has the member take part in the
 * cluster, and the shards receive the rest of the log.
 *
 * <pre>
 *   a loop ── stage ──▶ ShardJournal ──▶ FrameQueue ── one frame for many shards ──▶ the log
 *                            ▲                                                         │
 *                            └── durable, received, leads, lost ── ShardInput ◀── the thread of the log
 * </pre>
 */
public final class ClusterStores implements ClusterMember, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterStores.class);

    private final ClusterConfig config;
    private final MemberDirectory directory;
    private final LogPosition begin;
    private final AtomicReferenceArray<@Nullable ShardInput> inputs;
    private final Pressure pressure = new Pressure();
    private final LeaderFile leaderFile;
    private final ShardJournal.Node node = new Connected();
    private volatile @Nullable RaftNode log;
    private final LogSpace space;
    private final FrameQueue frames;
    private final LongAdder barriers = new LongAdder();
    private final LongAdder barrierNanos = new LongAdder();
    private volatile @Nullable String url;
    private volatile long leadingTerm;
    private volatile Runnable leadChanged = () -> {};
    private volatile long deliveredIndex;
    private final StateExchange exchange;
    private volatile @Nullable String failure;
    private volatile @Nullable Tier tier;
    private boolean closed;

    private ClusterStores(
            ClusterConfig config, Disk disk, MemberDirectory directory, LogPosition begin, DataDirectory data)
            throws IOException {
        this.config = config;
        this.space = new LogSpace(
                () -> disk.usableBytes(config.directory()),
                config.directory().toFile().getTotalSpace(),
                config.limits().bytesInFlightMax(),
                this::backlogBytes);
        this.frames = new FrameQueue(config.self(), space);
        this.directory = directory;
        this.begin = begin;
        this.deliveredIndex = begin.index();
        this.inputs = new AtomicReferenceArray<>(data.shards());
        this.leaderFile = LeaderFile.read(config.directory());
        this.exchange = new StateExchange(config, data, new Known());
    }

    /**
     * Locks the directory of the member, and checks its log.
     *
     * @param data the data directory of the shards
     * @throws IOException if one of the directories cannot be used, or they are not of the same member; the message
     *     contains what to do
     */
    public static ClusterStores open(ClusterConfig config, Disk disk, DataDirectory data) throws IOException {
        LogPosition begin = startOf(disk, data);
        MemberDirectory directory = MemberDirectory.open(config, begin);
        try {
            return new ClusterStores(config, disk, directory, begin, data);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** The place up to which a start replays all shards, by their manifests. */
    static LogPosition startOf(Disk disk, DataDirectory data) throws IOException {
        LogPosition start = LogPosition.BEGIN;
        for (int shard = 0; shard < data.shards(); shard++) {
            LogPosition applied =
                    ShardInput.positionOf(data.manifest(disk, shard).applied());
            start = applied.index() > start.index() ? applied : start;
        }
        return start;
    }

    /** Has shards keep their log in that of the cluster. */
    public StorageProvider storage() {
        return new StorageProvider() {
            @Override
            public String name() {
                return "cluster";
            }

            @Override
            public ShardLog log(ShardIdentity shard, ShardLog local) {
                int number = shard.shard();
                return new ShardReplay(number, directory, begin, (memory, lastLsn, start, frames, threads) -> {
                    ShardJournal journal =
                            new ShardJournal(number, memory, lastLsn, begin, frames, threads.loop(), node);
                    inputs.set(number, new ShardInput(number, journal, start, pressure));
                    return journal;
                });
            }
        };
    }

    /** Identifies the data directory of the member among all that were ever used in its cluster, and names the member. */
    public String directoryName() {
        return config.self() + "-" + directory.identity();
    }

    /** Extent files may be only in an object store; called before the shards are opened. */
    public void useTier(Tier used) {
        tier = used;
    }

    /** A shard is open. */
    public void opened(int shard, ShardStore store) {
        input(shard).serve(store);
    }

    private ShardInput input(int shard) {
        ShardInput input = shard < 0 || shard >= inputs.length() ? null : inputs.get(shard);
        if (input == null) {
            throw new IllegalStateException("the log has records of shard " + shard + ", and this member has "
                    + inputs.length() + " shards; expected the number of all other members");
        }
        return input;
    }

    private List<ShardInput> all() {
        return IntStream.range(0, inputs.length()).mapToObj(this::input).toList();
    }

    /**
     * Takes part in the cluster from now on; all shards are open, and their forks are counted.
     *
     * @throws IOException if the member cannot start, for example because its port is in use
     */
    public void start() throws IOException {
        exchange.starts(directory.last());
        RaftNode started = RaftNode.start(directory, new FromLog(), Clock.SYSTEM, this::answer);
        log = started;
        frames.start(started);
        LOG.info(
                "member {} of the cluster {} takes part, on port {}, with its log up to {}",
                config.self(),
                config.cluster(),
                started.port(),
                begin);
    }

    // ---- what the log reports ----

    /** On the thread of the log, which may wait here. */
    private final class FromLog implements FrameLog.Listener {
        @Override
        public void committed(LogPosition at, ByteBuffer frame) {
            long from = deliveredIndex + 1;
            RecordFrame.check(frame);
            boolean own = at.term() == leadingTerm;
            if (RecordFrame.isLeader(frame)) {
                noteLeader(RecordFrame.leader(frame));
            } else {
                for (RecordFrame.Section section : RecordFrame.sections(frame)) {
                    input(section.shard()).deliver(section, own, from, at, ClusterStores.this::countForks);
                }
            }
            deliveredIndex = at.index();
            exchange.committed(at.index());
            if (own) {
                frames.delivered(at.term());
            }
        }

        @Override
        public void leading(long epoch, long leaderlessMillis) {
            frames.begin(epoch);
            all().forEach(input -> input.journal().onLoop(() -> input.journal().lead(epoch, leaderlessMillis)));
            leadingTerm = epoch;
            leadChanged.run();
            LOG.info("member {} leads the cluster {} in epoch {}", config.self(), config.cluster(), epoch);
        }

        @Override
        public void lost(long epoch) {
            leadingTerm = 0;
            frames.end(epoch);
            all().forEach(input -> input.journal().onLoop(() -> input.journal().lose(epoch)));
            leadChanged.run();
            LOG.info("member {} does not lead any more", config.self());
        }

        @Override
        public void roomAvailable() {
            frames.roomAvailable();
        }

        @Override
        public void tooFarBehind(LogPosition first) {
            exchange.receive(first);
        }

        @Override
        public void failed(LogFailure reason) {
            failure = reason.message();
            StorageFailedException failed = new StorageFailedException(
                    "the member " + config.self() + " of the cluster has ended: " + reason.message(), reason.cause());
            all().forEach(input -> input.journal().onLoop(() -> input.journal().fail(failed)));
        }
    }

    private void noteLeader(LeaderNotice notice) {
        if (notice.shards() != inputs.length()) {
            throw new IllegalStateException("the leader " + notice.member() + " has " + notice.shards()
                    + " shards, and this member " + inputs.length()
                    + "; replace this member by one with another name, an empty directory and --shards "
                    + notice.shards());
        }
        leaderFile.keep(notice);
    }

    private List<Lineage> countForks(List<LogRecord.Fork> forks) {
        List<CompletableFuture<Lineage>> counted = forks.stream()
                .map(fork -> of(fork.origin().source()).countFork(fork))
                .toList();
        return counted.stream().map(pressure::await).toList();
    }

    private ShardInput of(StreamPath path) {
        return input(inputs.length() == 1 ? 0 : path.shard(inputs.length()));
    }

    // ---- what the journals report ----

    /** On the loops of the shards. */
    private final class Connected implements ShardJournal.Node {
        @Override
        public void submit(long term, int shard, RecordBatches.Batch batch) {
            frames.add(term, shard, batch);
        }

        @Override
        public void released(int shard, Journal.ReplayStart start) {
            input(shard).released(start);
            releaseLog();
        }

        @Override
        public @Nullable Obstacle obstacle() {
            return space.obstacle();
        }

        @Override
        public void failed(int shard, StorageFailedException reason) {
            if (failure == null) {
                failure = "shard " + shard + " has failed: " + reason.getMessage();
            }
            pressure.end();
            RaftNode ends = log;
            if (ends != null) {
                // Another member shall lead, and this one shall not count for a majority with a state that it cannot
                // apply.
                Thread thread = new Thread(ends::close, "cluster-shard-failed-" + config.self());
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    private long backlogBytes() {
        return all().stream().mapToLong(input -> input.journal().backlogBytes()).sum();
    }

    /**
     * Releases what no shard needs for a start. The index that is delivered is read first: what is delivered later does
     * not count as unneeded.
     */
    private void releaseLog() {
        RaftNode node = log;
        if (node == null) {
            return;
        }
        long unneeded = deliveredIndex;
        long applied = -1;
        for (ShardInput input : all()) {
            unneeded = Math.min(unneeded, input.unneeded(unneeded));
            applied = Math.max(applied, input.applied().index());
        }
        long released = Math.min(unneeded, applied);
        if (released >= 0) {
            node.release(released);
        }
    }

    // ---- what other members ask ----

    /** The first byte of a request is its kind; the answer to one that is not known here is a zero. */
    private byte[] answer(byte[] request) {
        return request.length > 0 && request[0] == StateServer.KIND
                ? exchange.answers().answer(request)
                : PeerRequests.NONE.answer(request);
    }

    /** Called by threads that answer other members. */
    private final class Known implements StateSource {
        @Override
        public @Nullable String unable() {
            return notReady();
        }

        @Override
        public boolean hasMember(String name) {
            RaftNode node = log;
            return node != null && node.hasMember(name);
        }

        @Override
        public long appliedIndex() {
            RaftNode node = log;
            return node == null ? -1 : node.appliedIndex();
        }

        @Override
        public long deliveredIndex() {
            return deliveredIndex;
        }

        @Override
        public long neededFrom(int shard, long delivered, long checkpointLsn, long location) {
            return input(shard).neededFrom(delivered, checkpointLsn, location);
        }

        @Override
        public ExtentFiles.@Nullable Input keepObject(int shard, long file) {
            Tier used = tier;
            return used == null ? null : used.keep(shard, file);
        }
    }

    // ---- for the server ----

    @Override
    public boolean leads() {
        return leadingTerm != 0;
    }

    @Override
    public long leadingEpoch() {
        return leadingTerm;
    }

    @Override
    public void onLeadChange(Runnable changed) {
        leadChanged = changed;
    }

    @Override
    public @Nullable String leaderUrl() {
        if (leads()) {
            return url;
        }
        RaftNode node = log;
        LeaderNotice notice = leaderFile.newest();
        return node != null && notice != null && notice.member().equals(node.leader()) ? notice.url() : null;
    }

    @Override
    public void advertise(String newUrl) {
        url = newUrl;
        frames.notice(RecordFrame.textOf(new LeaderNotice(config.self(), newUrl, inputs.length())));
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        RaftNode node = log;
        if (node == null) {
            return CompletableFuture.failedFuture(
                    new NoLeaderException("the member has not started yet; the read may be tried again"));
        }
        long began = System.nanoTime();
        return node.readBarrier().thenCompose(received -> published()).whenComplete((done, thrown) -> {
            barriers.increment();
            barrierNanos.add(System.nanoTime() - began);
        });
    }

    private CompletableFuture<Void> published() {
        return CompletableFuture.allOf(
                all().stream().map(ClusterStores::published).toArray(CompletableFuture[]::new));
    }

    private static CompletableFuture<Void> published(ShardInput input) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        ShardStore store = input.store();
        if (store == null) {
            done.complete(null);
            return done;
        }
        try {
            input.journal().onLoop(() -> store.whenPublished(() -> done.complete(null)), () -> {});
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    @Override
    public @Nullable String notReady() {
        RaftNode node = log;
        if (failure != null) {
            return failure;
        }
        if (node == null) {
            return "the member has not started yet";
        }
        String behind = exchange.behind();
        if (behind != null) {
            return behind;
        }
        if (!node.isMember()) {
            return "member " + config.self()
                    + " is not among the members of the cluster: it waits until it is added, or was removed";
        }
        return node.leader() == null ? "no leader is known" : null;
    }

    @Override
    public CompletableFuture<ChangeStatus> change(MemberChange change) {
        return running().change(change);
    }

    @Override
    public CompletableFuture<ChangeStatus> change() {
        return running().change();
    }

    private RaftNode running() {
        RaftNode node = log;
        if (node == null) {
            throw new IllegalStateException("the member has not started yet");
        }
        return node;
    }

    @Override
    public ClusterStatus status() {
        RaftNode node = log;
        return new ClusterStatus(
                config.cluster(),
                leaderUrl(),
                notReady(),
                node == null ? 0 : bytesOf(node),
                new ClusterFigures(frames.frames(), frames.records(), barriers.sum(), barrierNanos.sum()),
                node == null ? null : node.status());
    }

    private static long bytesOf(RaftNode node) {
        try {
            return node.logBytes();
        } catch (IOException e) {
            LOG.debug("the files of the log cannot be read", e);
            return -1;
        }
    }

    @Override
    public void whenStateIsReceived(Runnable then) {
        exchange.whenReceived(then);
    }

    @Override
    public CompletableFuture<Boolean> transferLeadership() {
        RaftNode node = log;
        return node == null ? CompletableFuture.completedFuture(false) : node.transferLeadership();
    }

    /**
     * Hands the leadership over and ends the member; the loops of the shards run, and the shards are open. What is not
     * durable by then is lost.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        exchange.close();
        RaftNode node = log;
        try {
            if (node == null) {
                directory.close();
            } else {
                node.close();
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be closed: {}", config.directory(), e.getMessage());
        }
        frames.close();
    }
}
