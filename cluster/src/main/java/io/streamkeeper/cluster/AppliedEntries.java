package io.streamkeeper.cluster;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of Ratis: passes on what Ratis calls, in its order, and has no state of its own beside the place of
 * the start and of the release. Called by several threads of Ratis; only the one that applies entries may wait.
 *
 * <p>A leader is ready when the first entry of its term is applied here, not when it is elected: before that, entries
 * of earlier terms may be missing. The term of the event is that of this entry, because the newest term that the server
 * knows may be another one by then.
 */
final class AppliedEntries extends BaseStateMachine {
    private final LogPosition start;
    private final ClientId own;
    private final Delivery delivery;
    private final LogFiles files;
    private final LeaderWatch leaders;
    private final Leadership leadership;
    /** The last place of which the leader has said that its log begins there. */
    private final AtomicReference<@Nullable TermIndex> behind = new AtomicReference<>();

    private final Consumer<LogFailure> failed;

    private volatile RaftServer.@Nullable Division division;
    private volatile boolean ending;
    /** Written and read by the thread that applies entries. */
    private long configurationTerm;

    /** Owned by the thread that applies entries. */
    private long removed;

    AppliedEntries(
            LogPosition start,
            ClientId own,
            Delivery delivery,
            LogFiles files,
            LeaderWatch leaders,
            Leadership leadership,
            Consumer<LogFailure> failed) {
        this.start = start;
        this.own = own;
        this.delivery = delivery;
        this.failed = failed;
        this.files = files;
        this.leaders = leaders;
        this.leadership = leadership;
        this.removed = start.index();
        if (start.index() >= 0) {
            setLastAppliedTermIndex(TermIndex.valueOf(start.term(), start.index()));
        }
    }

    /** The division that calls this; set before it starts. */
    void serve(RaftServer.Division server) {
        division = server;
        leadership.serve(server, start.index());
    }

    // ---- entries ----

    /** Only this member proposes to its own log: what another process sends to the port is refused. */
    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        if (!request.getClientId().equals(own)) {
            throw new IOException("a client of Ratis sent a write; expected frames of members only");
        }
        return super.startTransaction(request);
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        LogPosition at = new LogPosition(entry.getTerm(), entry.getIndex());
        updateLastAppliedTermIndex(at.term(), at.index());
        leaders.serves(at.term());
        CompletableFuture<Void> delivered =
                delivery.entry(at, entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        leadership.queued(at.index());
        return delivered.handle((done, failure) -> Message.EMPTY);
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        delivery.passed(new LogPosition(term, index));
        leadership.queued(index);
    }

    /** The barrier of a read: Ratis has applied all entries that the read must see. */
    @Override
    public CompletableFuture<Message> query(Message request) {
        return barrier().thenApply(done -> Message.EMPTY);
    }

    /** Completes when the listener has received all entries that were applied before. */
    CompletableFuture<Void> barrier() {
        return delivery.barrier();
    }

    // ---- leadership ----

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
        RaftServer.Division server = division;
        if (server != null) {
            leaders.leads(leader.toString(), server.getInfo().getCurrentTerm());
        }
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        configurationTerm = term;
        leaders.serves(term);
    }

    @Override
    public void notifyLeaderReady() {
        delivery.leading(configurationTerm, leaders.begins());
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        leadership.lost();
        leaders.ends();
        RaftServer.Division server = division;
        delivery.notLeading(server == null ? Long.MAX_VALUE : server.getInfo().getCurrentTerm());
    }

    // ---- what a start and other members need ----

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        if (start.index() < 0) {
            return null;
        }
        TermIndex at = TermIndex.valueOf(start.term(), start.index());
        return new SnapshotInfo() {
            @Override
            public TermIndex getTermIndex() {
                return at;
            }

            @Override
            public List<FileInfo> getFiles() {
                return List.of();
            }
        };
    }

    /** Writes nothing, because the listener has the frames: returns the last entry that Ratis removes. */
    @Override
    public long takeSnapshot() throws IOException {
        long index = files.removable();
        if (index <= removed) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        removed = index;
        return index;
    }

    /** Called before each sync of the log, by the thread that syncs it. */
    @Override
    public CompletableFuture<Void> flush(long index) {
        try {
            files.syncNames();
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex first) {
        if (!first.equals(behind.getAndSet(first))) {
            delivery.tooFarBehind(new LogPosition(first.getTerm(), first.getIndex()));
        }
        return CompletableFuture.completedFuture(null);
    }

    // ---- ends ----

    static boolean isMember(RaftServer.Division server) {
        return server.getRaftConf().getCurrentPeers().stream()
                .anyMatch(peer -> peer.getId().equals(server.getId()));
    }

    /** The server ends because the member is closed. */
    void expectEnd() {
        ending = true;
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        failed.accept(new LogFailure(
                LogFailure.Kind.LOG,
                "the log could not be written" + (entry == null ? "" : " at index " + entry.getIndex()) + ": "
                        + rootOf(cause) + "; make sure that the disk works and has space, then restart this member",
                cause));
    }

    /** The first of the exceptions that led to {@code failure}. */
    static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    @Override
    public void close() throws IOException {
        super.close();
        RaftServer.Division server = division;
        if (!ending && server != null && !isMember(server)) {
            failed.accept(new LogFailure(
                    LogFailure.Kind.REMOVED,
                    "it was removed from the cluster; end its process, and do not use its data directory again",
                    new IllegalStateException("the configuration has no such member")));
        } else if (!ending) {
            IllegalStateException ended = new IllegalStateException("the Raft server has ended by itself");
            failed.accept(new LogFailure(
                    LogFailure.Kind.SERVER,
                    "the Raft server has ended by itself, see the log of the process; restart this member, unless it"
                            + " was removed from the cluster",
                    ended));
        }
    }
}
