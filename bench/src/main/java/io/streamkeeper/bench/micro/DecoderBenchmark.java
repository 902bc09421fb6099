package io.streamkeeper.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.decode.BodyRoom;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.decode.RequestDecoder;
import io.streamkeeper.server.http.request.BodyCheck;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.storage.memory.MemoryLedger;
import io.streamkeeper.storage.memory.MemoryPlan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One request through the server's decoder and through Netty's; {@code -prof gc} reports the memory of each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecoderBenchmark {
    private static final HttpLimits LIMITS = ServerConfig.builder()
            .http(http -> http.bodyBytesMax(64 << 20))
            .build()
            .http();

    /** The request. */
    public enum Sent {
        /** The shortest head that is valid. */
        SHORTEST("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        /** The request of a load generator. */
        APPEND("POST /v1/stream/bench-0000001 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                + "Content-Length: 256\r\n\r\n" + "x".repeat(256)),
        /** The request of a page in a browser: mostly header fields that the server does not read. */
        BROWSER("GET /v1/stream/chat?offset=0000000000000001_0000000000000200&live=sse HTTP/1.1\r\n"
                + "Host: localhost:4437\r\nConnection: keep-alive\r\nsec-ch-ua-platform: \"Linux\"\r\n"
                + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                + " Chrome/140.0.0.0 Safari/537.36\r\n"
                + "sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\", \"Google Chrome\";v=\"140\"\r\n"
                + "DNT: 1\r\nsec-ch-ua-mobile: ?0\r\nAccept: */*\r\nOrigin: http://localhost:3000\r\n"
                + "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
                + "Referer: http://localhost:3000/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
                + "Accept-Language: en-US,en;q=0.9\r\nIf-None-Match: \"abc\"\r\n\r\n");

        private final String text;

        Sent(String text) {
            this.text = text;
        }
    }

    @Param
    private Sent sent = Sent.APPEND;

    private ByteBuf request = Unpooled.EMPTY_BUFFER;

    private final MemoryLedger memory = new MemoryLedger(MemoryPlan.ofFiles(1L << 30, 1L << 30, 1L << 30));
    private final HeadRoom room = new HeadRoom(memory.heads());
    private final EmbeddedChannel ours = new EmbeddedChannel();
    private final EmbeddedChannel general = new EmbeddedChannel();

    @Setup
    public void connect() {
        byte[] bytes = sent.text.getBytes(StandardCharsets.US_ASCII);
        request =
                Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
        BodyRoom bodies = new BodyRoom(memory, LIMITS.bodyBytesMax());
        ours.pipeline()
                .addLast(
                        new RequestDecoder(
                                LIMITS,
                                bodies,
                                room,
                                memory.received(),
                                () -> true,
                                (head, decided) -> BodyCheck.Verdict.ARRIVES),
                        new Released(room));
        general.pipeline().addLast(new HttpRequestDecoder(), new Released(room));
    }

    @TearDown
    public void close() {
        ours.finishAndReleaseAll();
        general.finishAndReleaseAll();
    }

    /** The server's decoder: whole requests. */
    @Benchmark
    public void own() {
        receive(ours.pipeline());
    }

    /** Netty's decoder: heads and pieces of bodies, which are not aggregated. */
    @Benchmark
    public void codec() {
        receive(general.pipeline());
    }

    private void receive(ChannelPipeline pipeline) {
        pipeline.fireChannelRead(request.duplicate());
        pipeline.fireChannelReadComplete();
    }

    /** Releases decoded requests, as the end of a response does. */
    private static final class Released extends ChannelInboundHandlerAdapter {
        private final HeadRoom room;

        Released(HeadRoom room) {
            this.room = room;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest request) {
                room.giveBack(request.headMemoryBytes());
                request.release();
            } else {
                ReferenceCountUtil.release(message);
            }
        }
    }
}
