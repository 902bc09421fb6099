package io.streamkeeper.cluster;

import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/** Answers the question of another member which entries a read has to see. Safe for use by any thread. */
final class ReadIndexCalls implements ServerInterceptor {
    private static final String METHOD =
            RaftServerProtocolServiceGrpc.getReadIndexMethod().getFullMethodName();

    private final Leadership leadership;
    private final ServerCallHandler<ReadIndexRequestProto, ReadIndexReplyProto> handler =
            ServerCalls.asyncUnaryCall(this::answer);

    ReadIndexCalls(Leadership leadership) {
        this.leadership = leadership;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata fields, ServerCallHandler<Q, A> next) {
        boolean isOwn = call.getMethodDescriptor().getFullMethodName().equals(METHOD);
        return (isOwn ? (ServerCallHandler<Q, A>) handler : next).startCall(call, fields);
    }

    private void answer(ReadIndexRequestProto request, StreamObserver<ReadIndexReplyProto> observer) {
        leadership.readIndex().whenComplete((index, failure) -> {
            observer.onNext(reply(request.getServerRequest(), failure == null ? index : -1));
            observer.onCompleted();
            if (failure == null) {
                leadership.hasten(RaftPeerId.valueOf(request.getServerRequest().getRequestorId()), index);
            }
        });
    }

    /** A reply with an index, or a refusal if that is negative. */
    private static ReadIndexReplyProto reply(RaftRpcRequestProto request, long index) {
        RaftRpcReplyProto.Builder head = RaftRpcReplyProto.newBuilder()
                .setRequestorId(request.getRequestorId())
                .setReplyId(request.getReplyId())
                .setRaftGroupId(request.getRaftGroupId())
                .setCallId(request.getCallId())
                .setSuccess(index >= 0);
        return ReadIndexReplyProto.newBuilder()
                .setServerReply(head)
                .setReadIndex(Math.max(index, 0))
                .build();
    }
}
