package io.streamkeeper.cluster;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.jspecify.annotations.Nullable;

/** Sends requests to another member, see {@link PeerRequests}. Owned by one thread, which blocks. */
public final class PeerClient implements AutoCloseable {
    static {
        LibraryLogs.silence();
    }

    private final Member member;
    private final ManagedChannel channel;

    /**
     * A client that connects with the first request.
     *
     * @param tls proves the identity of this member; null without TLS
     */
    public PeerClient(Member member, @Nullable PeerTls tls) {
        this.member = member;
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(member.address())
                .maxInboundMessageSize(PeerRequests.ANSWER_BYTES_MAX + 1);
        this.channel = (tls == null
                        ? builder.usePlaintext()
                        : builder.sslContext(GrpcUtil.buildSslContextForClient(RaftMember.tlsConfig(tls))))
                .build();
    }

    /** The member that is asked. */
    public Member member() {
        return member;
    }

    /**
     * The answer of the member.
     *
     * @throws IOException if it cannot be reached, or does not answer in time
     */
    public byte[] ask(byte[] request, long timeoutMillis) throws IOException {
        try {
            return ClientCalls.blockingUnaryCall(
                    channel,
                    PeerServer.ASK,
                    CallOptions.DEFAULT.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS),
                    request);
        } catch (StatusRuntimeException e) {
            throw new IOException(
                    "member " + member.name() + " at " + member.address() + " does not answer: "
                            + reasonOf(e.getStatus()),
                    e);
        }
    }

    /** The text of a status has the stack of its cause. */
    private static String reasonOf(Status status) {
        Throwable cause = status.getCause();
        return cause == null
                ? status.getCode() + ", " + status.getDescription()
                : String.valueOf(AppliedEntries.rootOf(cause).getMessage());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
