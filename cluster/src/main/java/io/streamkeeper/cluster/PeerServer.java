package io.streamkeeper.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link PeerRequests} at the port at which Ratis accepts the other members, as one more service of its gRPC
 * server: so it has the same address, and the same TLS.
 */
final class PeerServer implements GrpcServices.Customizer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);

    /** The only method: a request of bytes, answered by bytes. */
    static final MethodDescriptor<byte[], byte[]> ASK = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName("streamkeeper.Member", "Ask"))
            .setRequestMarshaller(new Bytes(PeerRequests.REQUEST_BYTES_MAX))
            .setResponseMarshaller(new Bytes(PeerRequests.ANSWER_BYTES_MAX))
            .build();

    private static final int THREADS = 2;
    private static final int WAITING_MAX = 32;
    private static final long IDLE_SECONDS = 10;

    private final PeerRequests requests;
    private final ThreadPoolExecutor threads;

    PeerServer(String member, PeerRequests requests) {
        this.requests = requests;
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), task -> {
                    Thread started = new Thread(task, "cluster-peers-" + member);
                    started.setDaemon(true);
                    return started;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.addService(ServerServiceDefinition.builder(ASK.getServiceName())
                .addMethod(ASK, ServerCalls.asyncUnaryCall(this::ask))
                .build());
    }

    private void ask(byte[] request, StreamObserver<byte[]> observer) {
        try {
            threads.execute(() -> answer(request, observer));
        } catch (RejectedExecutionException e) {
            observer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("too many requests of members wait")
                    .asRuntimeException());
        }
    }

    private void answer(byte[] request, StreamObserver<byte[]> observer) {
        byte[] answer;
        try {
            answer = requests.answer(request);
        } catch (RuntimeException e) {
            LOG.warn("a request of another member could not be answered", e);
            observer.onError(Status.INTERNAL.withDescription(e.toString()).asRuntimeException());
            return;
        }
        observer.onNext(answer);
        observer.onCompleted();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Bytes as they are. */
    private record Bytes(int max) implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                byte[] bytes = stream.readNBytes(max + 1);
                if (bytes.length > max) {
                    throw Status.RESOURCE_EXHAUSTED
                            .withDescription("the message has more than " + max + " bytes")
                            .asRuntimeException();
                }
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
