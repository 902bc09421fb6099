package io.streamkeeper.cluster;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/** Reports to a {@link LeaderWatch} what leaders send to this member. Safe for use by any thread. */
final class LeaderCalls implements ServerInterceptor {
    private static final String METHOD =
            RaftServerProtocolServiceGrpc.getAppendEntriesMethod().getFullMethodName();

    private final LeaderWatch leaders;

    LeaderCalls(LeaderWatch leaders) {
        this.leaders = leaders;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata fields, ServerCallHandler<Q, A> next) {
        ServerCall.Listener<Q> listener = next.startCall(call, fields);
        return call.getMethodDescriptor().getFullMethodName().equals(METHOD) ? new Entries<>(listener) : listener;
    }

    private final class Entries<Q> extends SimpleForwardingServerCallListener<Q> {
        Entries(ServerCall.Listener<Q> next) {
            super(next);
        }

        @Override
        public void onMessage(Q message) {
            if (message instanceof AppendEntriesRequestProto request) {
                leaders.heard(request.getLeaderTerm());
            }
            super.onMessage(message);
        }
    }
}
