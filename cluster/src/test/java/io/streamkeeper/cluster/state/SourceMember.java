package io.streamkeeper.cluster.state;

import static org.awaitility.Awaitility.await;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.FrameLog;
import io.streamkeeper.cluster.LogFailure;
import io.streamkeeper.cluster.LogLimits;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.cluster.Member;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.cluster.PeerRequests;
import io.streamkeeper.cluster.ProposedFrame;
import io.streamkeeper.cluster.RaftNode;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A member that leads a cluster of itself, with a data directory of two empty shards, and the configuration of another
 * one that receives its state.
 */
final class SourceMember implements AutoCloseable {
    static final int SHARDS = 2;
    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);

    final Disk disk = new LocalDisk();
    final Path folder;
    final int port;
    final DataDirectory data;
    private volatile long epoch;
    private volatile LogPosition last = LogPosition.BEGIN;
    private @Nullable RaftNode node;
    private volatile @Nullable StateServer server;
    /** Stands before the answers. */
    volatile @Nullable PeerRequests before;

    /** The tier. */
    volatile @Nullable Tier tier;

    SourceMember(Path folder) throws IOException {
        this.folder = folder;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
        this.data = DataDirectory.open(disk, folder.resolve("n1"), 0, SHARDS, false);
        RaftNode.create(config("n1"));
        start();
    }

    /** The configuration of a member whose list has this one, {@code more}, and itself. */
    ClusterConfig config(String name, Member... more) {
        Path directory = folder.resolve(name).resolve(DataDirectory.CLUSTER);
        List<Member> members = new ArrayList<>(List.of(new Member("n1", "127.0.0.1", port)));
        members.addAll(List.of(more));
        if (!name.equals("n1")) {
            members.add(new Member(name, "127.0.0.1", 1));
        }
        return new ClusterConfig(
                "test",
                members,
                name,
                "127.0.0.1",
                name.equals("n1") ? port : 0,
                directory,
                LogLimits.DEFAULT.withElectionTimeoutMillis(200),
                null,
                Map.of());
    }

    void start() throws IOException {
        server = new StateServer(config("n1"), data, new Known(), KEPT_NANOS);
        RaftNode started =
                RaftNode.start(MemberDirectory.open(config("n1"), last), new Frames(), Clock.SYSTEM, this::answer);
        node = started;
        await().until(() -> epoch != 0);
        propose();
    }

    private byte[] answer(byte[] request) {
        PeerRequests first = before;
        return first == null ? answerItself(request) : first.answer(request);
    }

    byte[] answerItself(byte[] request) {
        return Objects.requireNonNull(server, "it does not run").answer(request);
    }

    private RaftNode running() {
        return Objects.requireNonNull(node, "it does not run");
    }

    /** Writes a frame, and waits until it is committed. */
    void propose() {
        ProposedFrame frame = await().until(() -> running().reserve(1_000), Objects::nonNull);
        frame.bytes().putLong(1);
        LogPosition before = last;
        running().propose(epoch, frame);
        await().until(() -> last.index() > before.index());
    }

    LogPosition last() {
        return last;
    }

    void end() {
        epoch = 0;
        running().close();
        node = null;
    }

    @Override
    public void close() {
        if (node != null) {
            node.close();
        }
    }

    private final class Known implements StateSource {
        @Override
        public @Nullable String unable() {
            return null;
        }

        @Override
        public boolean hasMember(String name) {
            return running().hasMember(name);
        }

        @Override
        public long appliedIndex() {
            return running().appliedIndex();
        }

        @Override
        public long deliveredIndex() {
            return last.index();
        }

        @Override
        public long neededFrom(int shard, long delivered, long checkpointLsn, long location) {
            return location;
        }

        @Override
        public ExtentFiles.@Nullable Input keepObject(int shard, long file) {
            Tier used = tier;
            return used == null ? null : used.keep(shard, file);
        }
    }

    private final class Frames implements FrameLog.Listener {
        @Override
        public void committed(LogPosition at, ByteBuffer frame) {
            last = at;
        }

        @Override
        public void leading(long leads, long leaderlessMillis) {
            epoch = leads;
        }

        @Override
        public void lost(long ended) {
            epoch = 0;
        }

        @Override
        public void roomAvailable() {}

        @Override
        public void tooFarBehind(LogPosition first) {}

        @Override
        public void failed(LogFailure failure) {}
    }
}
