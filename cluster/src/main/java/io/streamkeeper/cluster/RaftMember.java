package io.streamkeeper.cluster;

import io.streamkeeper.cluster.LogStatus.Role;
import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** The Raft server of a member, and its requests. Safe for use by any thread. */
final class RaftMember {
    private static final Message READ = Message.valueOf("read");
    private static final int RELEASE_TIMEOUT_MILLIS = 10_000;

    private final ClusterConfig config;
    private final RaftGroupId group;
    private final RaftPeerId self;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final LogFiles files;
    private final AppliedEntries entries;
    private final LeaderWatch leaders;
    private final Leadership leadership = new Leadership();
    private final RaftServer server;
    private final RaftServer.Division division;

    RaftMember(
            MemberDirectory directory,
            Clock clock,
            Delivery delivery,
            Consumer<LogFailure> failed,
            Runnable leaderChanged,
            PeerServer peers)
            throws IOException {
        this.config = directory.config();
        LogPosition start = directory.start();
        this.group = RaftGroupId.valueOf(directory.group());
        this.self = RaftPeerId.valueOf(config.self());
        this.files = new LogFiles(
                directory.disk(),
                NodeDirectory.log(config.directory(), directory.group()),
                config.limits().keptBytes(),
                start);
        this.leaders = new LeaderWatch(config, clock, leaderChanged);
        this.entries = new AppliedEntries(start, client, delivery, files, leaders, leadership, failed);
        List<RaftPeer> members =
                config.members().stream().map(RaftMember::peerOf).toList();
        this.server = RaftServer.newBuilder()
                .setServerId(self)
                .setGroup(RaftGroup.valueOf(group, members))
                .setStateMachine(entries)
                .setProperties(RaftSettings.of(config))
                .setParameters(parameters(config.tls(), leadership, leaders, peers))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        this.division = server.getDivision(group);
        entries.serve(division);
    }

    private static Parameters parameters(
            @Nullable PeerTls tls, Leadership leadership, LeaderWatch leaders, PeerServer peers) {
        Parameters parameters = new Parameters();
        LeadershipRpc.report(parameters, leadership, leaders, peers);
        if (tls != null) {
            GrpcConfigKeys.TLS.setConf(parameters, tlsConfig(tls));
        }
        return parameters;
    }

    static GrpcTlsConfig tlsConfig(PeerTls tls) {
        return new GrpcTlsConfig(
                tls.key().toFile(),
                tls.certificate().toFile(),
                tls.authorities().toFile(),
                true);
    }

    void start() throws IOException {
        server.start();
    }

    int port() {
        return server.getServerRpc().getInetSocketAddress().getPort();
    }

    // ---- requests ----

    /** See {@link Proposer.Appender}. */
    boolean append(List<ByteBuffer> entry) {
        ByteString bytes = UnsafeByteOperations.unsafeWrap(entry.get(0));
        for (ByteBuffer more : entry.subList(1, entry.size())) {
            bytes = bytes.concat(UnsafeByteOperations.unsafeWrap(more));
        }
        CompletableFuture<RaftClientReply> reply = submit(Message.valueOf(bytes), RaftClientRequest.writeRequestType());
        // A request that is refused at once was not appended; one that fails later may have been.
        return !reply.isDone() || isSuccess(reply);
    }

    private static boolean isSuccess(CompletableFuture<RaftClientReply> reply) {
        return !reply.isCompletedExceptionally() && reply.join().isSuccess();
    }

    CompletableFuture<Void> readBarrier() {
        if (division.getInfo().isLeader()) {
            return leadership.received().thenCompose(received -> entries.barrier());
        }
        return submit(READ, RaftClientRequest.readRequestType()).handle((reply, failure) -> {
            if (failure != null || !reply.isSuccess()) {
                Throwable cause = failure != null ? failure : reply.getException();
                throw new CompletionException(new NoLeaderException(
                        "no leader answers for the cluster " + config.cluster() + "; the read may be tried again",
                        cause));
            }
            return null;
        });
    }

    private CompletableFuture<RaftClientReply> submit(Message message, RaftClientRequest.Type type) {
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(self)
                .setGroupId(group)
                .setCallId(calls.incrementAndGet())
                .setMessage(message)
                .setType(type)
                .build();
        try {
            return server.submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    void release(long upToIndex) {
        files.release(upToIndex);
        // Without the last argument, Ratis ignores a request within 1,024 entries of the one before.
        SnapshotManagementRequest request = SnapshotManagementRequest.newCreate(
                client, self, group, calls.incrementAndGet(), RELEASE_TIMEOUT_MILLIS, 1);
        server.snapshotManagementAsync(request);
    }

    CompletableFuture<Boolean> transferLeadership() {
        if (!division.getInfo().isLeader()) {
            return CompletableFuture.completedFuture(true);
        }
        // A new member that receives the log is not one yet, and cannot lead.
        Set<String> members = members().stream().map(Member::name).collect(Collectors.toSet());
        String heir = match().entrySet().stream()
                .filter(known -> members.contains(known.getKey()))
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse(null);
        if (heir == null) {
            return CompletableFuture.completedFuture(false);
        }
        TransferLeadershipRequest request = new TransferLeadershipRequest(
                client,
                self,
                group,
                calls.incrementAndGet(),
                RaftPeerId.valueOf(heir),
                2L * config.limits().electionTimeoutMillis());
        try {
            return server.transferLeadershipAsync(request).thenApply(RaftClientReply::isSuccess);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** See {@link MemberChanges.Cluster#setMembers}. */
    CompletableFuture<Optional<String>> setMembers(List<Member> members) {
        RaftConfiguration now = division.getRaftConf();
        List<RaftPeer> peers = members.stream()
                .map(member -> Objects.requireNonNullElseGet(
                        now.getPeer(RaftPeerId.valueOf(member.name())), () -> peerOf(member)))
                .toList();
        SetConfigurationRequest request = new SetConfigurationRequest(
                client,
                self,
                group,
                calls.incrementAndGet(),
                SetConfigurationRequest.Arguments.newBuilder()
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .setServersInCurrentConf(List.copyOf(now.getAllPeers()))
                        .setServersInNewConf(peers)
                        .build());
        try {
            return server.setConfigurationAsync(request)
                    .handle((reply, failure) -> reply != null && reply.isSuccess()
                            ? Optional.empty()
                            : Optional.of(reasonOf(failure != null ? failure : reply.getException())));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.completedFuture(Optional.of(reasonOf(e)));
        }
    }

    static RaftPeer peerOf(Member member) {
        return RaftPeer.newBuilder()
                .setId(member.name())
                .setAddress(member.address())
                .build();
    }

    /** Why the members were not changed. */
    private static String reasonOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ReconfigurationTimeoutException) {
            return "the new member has not answered for " + RaftSettings.STAGING_SECONDS_MAX
                    + " s; see its log, and give the command again when it runs";
        }
        if (cause instanceof ReconfigurationInProgressException) {
            return "an earlier change of the members has not ended; try again later";
        }
        if (cause instanceof NotLeaderException || cause instanceof LeaderSteppingDownException) {
            return "this member leads no more; look at the members, and give the command again if they have not changed";
        }
        return String.valueOf(cause.getMessage());
    }

    // ---- status ----

    LogStatus status(long epoch, LogPosition delivered, long bytesInFlight, ClockSkews skews) {
        DivisionInfo info = division.getInfo();
        String leader = leader();
        LeaderWatch.Seen seen = leader == null ? null : leaders.last();
        return new LogStatus(
                config.self(),
                info.isAlive() ? role(info.getCurrentRole()) : Role.ENDED,
                info.getCurrentTerm(),
                leader,
                seen == null ? null : seen.since(),
                leaders.changes(),
                epoch,
                division.getRaftLog().getNextIndex() - 1,
                division.getRaftLog().getFlushIndex(),
                division.getRaftLog().getLastCommittedIndex(),
                delivered,
                bytesInFlight,
                progress(info.getRoleInfoProto(), skews),
                null);
    }

    /** Whether this process is a member of the present configuration, as far as it knows. */
    boolean isMember() {
        return AppliedEntries.isMember(division);
    }

    /** Whether the members are between two configurations. */
    boolean isChanging() {
        return !division.getRaftConf().getPreviousPeers().isEmpty();
    }

    /** Index of the last entry that is applied here, and so committed. */
    long appliedIndex() {
        return division.getInfo().getLastAppliedIndex();
    }

    /** Whether a name is that of a member of the present configuration. */
    boolean hasMember(String name) {
        return division.getRaftConf().getPeer(RaftPeerId.valueOf(name)) != null;
    }

    @Nullable
    String leader() {
        RaftPeerId leader = division.getInfo().getLeaderId();
        return leader == null ? null : leader.toString();
    }

    private static Role role(RaftPeerRole role) {
        return switch (role) {
            case LEADER -> Role.LEADER;
            case CANDIDATE -> Role.CANDIDATE;
            default -> Role.FOLLOWER;
        };
    }

    /** The members of the present configuration, in the order of their names. */
    List<Member> members() {
        return division.getRaftConf().getAllPeers().stream()
                .map(peer -> memberOf(peer.getId().toString(), peer.getAddress()))
                .sorted(Comparator.comparing(Member::name))
                .toList();
    }

    private List<MemberProgress> progress(RoleInfoProto role, ClockSkews skews) {
        Map<String, Long> match = match();
        return members().stream()
                .map(member -> member.name().equals(config.self())
                        ? new MemberProgress(member, division.getRaftLog().getFlushIndex(), 0, null)
                        : new MemberProgress(
                                member,
                                match.getOrDefault(member.name(), -1L),
                                contactMillis(role, member.name()),
                                skews.of(member.name())))
                .toList();
    }

    private static Member memberOf(String name, String address) {
        int colon = address.lastIndexOf(':');
        return new Member(name, address.substring(0, colon), Digits.toInt(address.substring(colon + 1)));
    }

    /** How long ago a member was heard of: the leader knows that of all others, another member of the leader only. */
    private static long contactMillis(RoleInfoProto role, String name) {
        Stream<ServerRpcProto> heard = role.hasLeaderInfo()
                ? role.getLeaderInfo().getFollowerInfoList().stream()
                : Stream.of(role.getFollowerInfo().getLeaderInfo());
        return heard.filter(each -> each.getId().getId().toStringUtf8().equals(name))
                .mapToLong(ServerRpcProto::getLastRpcElapsedTimeMs)
                .findFirst()
                .orElse(-1);
    }

    /**
     * By the names of the others, where this member leads. Ratis returns names and indexes separately, in the same order
     * while the members do not change.
     */
    Map<String, Long> match() {
        long[] indexes = division.getInfo().getFollowerMatchIndices();
        List<ServerRpcProto> followers =
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        if (indexes == null || indexes.length != followers.size()) {
            return Map.of();
        }
        Map<String, Long> match = new HashMap<>();
        for (int each = 0; each < indexes.length; each++) {
            match.put(followers.get(each).getId().getId().toStringUtf8(), indexes[each]);
        }
        return match;
    }

    /** Length of the files of the log; reads the directory. */
    long logBytes() throws IOException {
        return files.bytes();
    }

    void close() throws IOException {
        entries.expectEnd();
        CloseDeadlock.close(server);
    }
}
