package io.streamkeeper.cluster;

import io.streamkeeper.cluster.LogStatus.Role;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a cluster: a Raft server with one group, and the threads that propose frames and deliver them. Safe for
 * use by any thread.
 */
public final class RaftNode implements FrameLog {
    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

    static {
        LibraryLogs.silence();
    }

    /** How long the end of the Raft server may take, with the time to hand the leadership over. */
    private static final long END_SECONDS_MAX = 60;

    private static final long REQUEST_THREAD_SECONDS = 10;
    private static final long GREETING_MILLIS_MAX = 3_000;

    private final ClusterConfig config;
    private final MemberDirectory directory;
    private final RaftThreads threads;
    private final Proposer proposer;
    private final Delivery delivery;
    private final RaftMember member;
    private final PeerServer peers;
    private final MemberChanges changes;
    private final PeerWatch watch;
    private final LeaderRequests leaderRequests;
    private final Executor requests;
    private final ReadBarriers barriers;
    private final AtomicReference<@Nullable LogFailure> failure = new AtomicReference<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicReference<@Nullable Thread> ending = new AtomicReference<>();

    private RaftNode(
            MemberDirectory directory, RaftThreads threads, Listener listener, Clock clock, PeerRequests answers)
            throws IOException {
        this.config = directory.config();
        this.directory = directory;
        this.threads = threads;
        LogPosition start = directory.start();
        this.proposer = new Proposer(config.self(), config.limits().bytesInFlightMax(), this::append);
        this.delivery = new Delivery(config, start, listener, proposer, this::record);
        this.changes = new MemberChanges(config, new ForChanges());
        PeerRequests own = new MemberRequests(config, directory.group(), clock, changes, answers);
        this.peers = new PeerServer(config.self(), own);
        this.member = new RaftMember(directory, clock, delivery, this::fail, this::leaderChanged, peers);
        this.watch = new PeerWatch(config, directory.group(), clock, member::members);
        this.leaderRequests = new LeaderRequests(
                config, this::leader, member::members, own, oneThread("cluster-leader-" + config.self()));
        this.requests = oneThread("cluster-requests-" + config.self());
        this.barriers = new ReadBarriers(requests, member::readBarrier);
    }

    /** A thread for requests to the Raft server, while there are some: it may block its caller. */
    private static Executor oneThread(String name) {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1, 1, REQUEST_THREAD_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread started = new Thread(task, name);
                    started.setDaemon(true);
                    return started;
                });
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /**
     * Creates the directory of a member: once for each member when a cluster is formed, and never again under the same
     * name. A member that started with an empty directory under the name of an earlier one could vote twice in a term,
     * and would lack what the earlier one has acknowledged.
     *
     * @throws IOException if the directory cannot be created, or belongs to a member already; or if another member of
     *     the list is in a cluster that began with the state of a server
     */
    public static void create(ClusterConfig config) throws IOException {
        OtherMembers.requireGroup(config, NodeIdentity.groupOfName(config.cluster()));
        String created = MemberDirectory.create(config);
        LOG.info("{} belongs to member {} from now on: {}", config.directory(), config.self(), created);
    }

    /**
     * Starts the member of a directory, which belongs to it from now on; the listener has all frames up to its start.
     * Returns when it takes part, which is before there is a leader.
     *
     * @param answers answers the requests of other members that are not about the log
     * @throws IOException if the member cannot start; the directory is closed then
     */
    public static RaftNode start(MemberDirectory directory, Listener listener, Clock clock, PeerRequests answers)
            throws IOException {
        RaftThreads threads = new RaftThreads(directory.config().self());
        try {
            return threads.call(() -> {
                RaftNode node = new RaftNode(directory, threads, listener, clock, answers);
                node.begin();
                return node;
            });
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private void begin() throws IOException {
        delivery.start();
        proposer.start();
        try {
            member.start();
            directory.markStarted();
            watch.start();
        } catch (IOException | RuntimeException e) {
            proposer.close();
            member.close();
            peers.close();
            delivery.close();
            throw e;
        }
    }

    /** Index of the last entry of the log that is applied here, and so committed. */
    public long appliedIndex() {
        return member.appliedIndex();
    }

    /** Whether a name is that of a member of the present configuration, as far as this member knows. */
    public boolean hasMember(String name) {
        return member.hasMember(name);
    }

    private boolean append(List<ByteBuffer> entry) {
        return member.append(entry);
    }

    /** The port at which the member accepts the others. */
    public int port() {
        return member.port();
    }

    @Override
    public @Nullable ProposedFrame reserve(int bytes) {
        if (bytes > config.limits().frameBytesMax()) {
            throw new IllegalArgumentException("a frame of " + bytes + " bytes is too long; expected at most "
                    + config.limits().frameBytesMax());
        }
        return proposer.reserve(bytes);
    }

    @Override
    public boolean propose(long epoch, ProposedFrame frame) {
        boolean proposed = proposer.propose(epoch, frame);
        if (!proposed) {
            delivery.roomAvailable();
        }
        return proposed;
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return barriers.join();
    }

    @Override
    public void release(long upToIndex) {
        requests.execute(() -> member.release(upToIndex));
    }

    @Override
    public @Nullable String leader() {
        return failure.get() != null || ending.get() != null ? null : member.leader();
    }

    @Override
    public CompletableFuture<Boolean> transferLeadership() {
        return CompletableFuture.supplyAsync(member::transferLeadership, requests)
                .thenCompose(transfer -> transfer);
    }

    @Override
    public LogStatus status() {
        LogFailure reason = failure.get();
        if (reason != null || ending.get() != null) {
            return new LogStatus(
                    config.self(),
                    Role.ENDED,
                    0,
                    null,
                    null,
                    0,
                    0,
                    -1,
                    -1,
                    -1,
                    delivery.delivered(),
                    proposer.bytesInFlight(),
                    List.of(),
                    reason);
        }
        return member.status(proposer.epoch(), delivery.delivered(), proposer.bytesInFlight(), watch.skews());
    }

    /**
     * Length of the files of the log; reads the directory.
     *
     * @throws IOException if it cannot be read
     */
    public long logBytes() throws IOException {
        return member.logBytes();
    }

    // ---- members ----

    /** Whether this process is a member of the present configuration, as far as it knows. */
    public boolean isMember() {
        return member.isMember();
    }

    /**
     * Has the leader begin a change of the members; completes when it runs, or is refused, on a thread of the log.
     *
     * @return the state of the change, {@link ChangeStatus.State#NOT_LEADING} if no leader was found
     */
    public CompletableFuture<ChangeStatus> change(MemberChange change) {
        return leaderRequests.change(change);
    }

    /** The state of the change that runs, or of the last one of the leader. */
    public CompletableFuture<ChangeStatus> change() {
        return leaderRequests.change(null);
    }

    /** What changes of the members need. */
    private final class ForChanges implements MemberChanges.Cluster {
        @Override
        public LogStatus status() {
            return RaftNode.this.status();
        }

        @Override
        public boolean isChanging() {
            return member.isChanging();
        }

        @Override
        public long match(String name) {
            return member.match().getOrDefault(name, -1L);
        }

        @Override
        public PeerGreeting greet(Member asked) throws IOException {
            try (PeerClient client = new PeerClient(asked, config.tls())) {
                return PeerGreeting.parse(client.ask(new byte[] {MemberRequests.GREETING}, GREETING_MILLIS_MAX));
            }
        }

        @Override
        public UUID group() {
            return directory.group();
        }

        @Override
        public CompletableFuture<Optional<String>> setMembers(List<Member> members) {
            return CompletableFuture.supplyAsync(() -> member.setMembers(members), requests)
                    .thenCompose(end -> end);
        }

        @Override
        public CompletableFuture<Boolean> transferLeadership() {
            return RaftNode.this.transferLeadership();
        }
    }

    private void leaderChanged() {
        barriers.leaderChanged();
    }

    // ---- ends ----

    /** Ends the member because of something else than its listener; called by threads of Ratis. */
    private void fail(LogFailure reason) {
        if (record(reason)) {
            delivery.fail(reason);
        }
    }

    /** Records the first failure, and ends the server, which then takes no part in elections and majorities. */
    private boolean record(LogFailure reason) {
        if (!failure.compareAndSet(null, reason)) {
            return false;
        }
        if (reason.isOfDisk()) {
            LOG.error("The member {} has ended: {}", config.self(), reason.message());
        } else {
            LOG.error("The member {} has ended: {}", config.self(), reason.message(), reason.cause());
        }
        endOnOwnThread(false);
        return true;
    }

    @Override
    public void close() {
        close(true);
    }

    /** Ends the member; with {@code transfer}, it hands the leadership over first. */
    void close(boolean transfer) {
        delivery.requireOtherThread();
        endOnOwnThread(transfer);
        try {
            ended.get(END_SECONDS_MAX, TimeUnit.SECONDS);
            delivery.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the member did not end", e.getCause());
        } catch (TimeoutException e) {
            LOG.debug("the member {} has not ended in time", config.self(), e);
            throw new IllegalStateException("the member did not end within " + END_SECONDS_MAX + " s", whereItWaits());
        } finally {
            unlock();
        }
    }

    /** The stack of the thread that ends the member. */
    private Throwable whereItWaits() {
        Throwable place = new Throwable("the end waits here");
        Thread thread = ending.get();
        if (thread != null) {
            place.setStackTrace(thread.getStackTrace());
        }
        return place;
    }

    private void unlock() {
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("The lock of {} was not released", config.directory(), e);
        }
    }

    /** Ends the server once; on a thread of its own, because a thread of Ratis cannot wait for its own end. */
    private void endOnOwnThread(boolean transfer) {
        Thread thread = new Thread(() -> end(transfer), "cluster-end-" + config.self());
        if (ending.compareAndSet(null, thread)) {
            thread.start();
        }
    }

    private void end(boolean transfer) {
        try {
            if (transfer) {
                handOver();
            }
            threads.expectErrors();
            watch.close();
            proposer.close();
            member.close();
            peers.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("The Raft server of member {} did not end in order", config.self(), e);
        } finally {
            ended.complete(null);
        }
    }

    private void handOver() {
        try {
            member.transferLeadership().get(3L * config.limits().electionTimeoutMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("The leadership was not handed over before the end of member {}", config.self());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
