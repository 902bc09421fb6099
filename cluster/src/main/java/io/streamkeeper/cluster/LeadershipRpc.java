package io.streamkeeper.cluster;

import java.util.List;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * The gRPC transport of Ratis, which reports to a {@link Leadership} what followers reply, and has it answer reads of
 * other members. Ratis creates it by the name of its class.
 */
final class LeadershipRpc implements RpcType {
    private static final String LEADERSHIP = "streamkeeper.leadership";

    /** Has a server use this transport. */
    static void use(RaftProperties properties) {
        properties.set(RaftConfigKeys.Rpc.TYPE_KEY, LeadershipRpc.class.getName());
    }

    static boolean isUsed(RaftProperties properties) {
        return LeadershipRpc.class.getName().equals(properties.get(RaftConfigKeys.Rpc.TYPE_KEY));
    }

    /** Has a server report to {@code leadership} and {@code leaders}, and serve what {@code more} adds. */
    static void report(
            Parameters parameters, Leadership leadership, LeaderWatch leaders, GrpcServices.Customizer more) {
        parameters.put(LEADERSHIP, leadership, Leadership.class);
        GrpcConfigKeys.Server.setServicesCustomizer(
                parameters,
                (builder, services) -> more.customize(builder, services)
                        .intercept(new ReadIndexCalls(leadership))
                        .intercept(new LeaderCalls(leaders)));
    }

    @Override
    public String name() {
        return LeadershipRpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(parameters, parameters.get(LEADERSHIP, Leadership.class));
    }

    private static final class Factory extends GrpcFactory {
        private final Leadership leadership;

        Factory(Parameters parameters, Leadership leadership) {
            super(parameters);
            this.leadership = leadership;
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
            LogAppender appender = new GrpcLogAppender(server, new Reporting(leader, leadership), follower);
            leadership.sends(leader, follower.getId(), appender);
            return appender;
        }
    }

    /** A leader whose followers' replies are reported. */
    private record Reporting(LeaderState leader, Leadership leadership) implements LeaderState {
        @Override
        public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
            leader.onAppendEntriesReply(appender, reply);
            leadership.replied(appender, reply);
        }

        @Override
        public void restart(LogAppender appender) {
            leader.restart(appender);
        }

        @Override
        public AppendEntriesRequestProto newAppendEntriesRequestProto(
                FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
            return leader.newAppendEntriesRequestProto(follower, entries, previous, callId);
        }

        @Override
        public void checkHealth(FollowerInfo follower) {
            leader.checkHealth(follower);
        }

        @Override
        public boolean onFollowerTerm(FollowerInfo follower, long followerTerm) {
            return leader.onFollowerTerm(follower, followerTerm);
        }

        @Override
        public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
            leader.onFollowerCommitIndex(follower, commitIndex);
        }

        @Override
        public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
            leader.onFollowerSuccessAppendEntries(follower);
        }

        @Override
        public boolean isFollowerBootstrapping(FollowerInfo follower) {
            return leader.isFollowerBootstrapping(follower);
        }
    }
}
