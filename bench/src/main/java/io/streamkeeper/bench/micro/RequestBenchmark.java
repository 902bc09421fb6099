package io.streamkeeper.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.http.decode.HeadParser;
import io.streamkeeper.server.http.decode.HeadRoom;
import io.streamkeeper.server.http.parse.BodyParser;
import io.streamkeeper.server.http.parse.Intent;
import io.streamkeeper.server.http.parse.RequestParser;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.RequestHead;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.storage.memory.Budget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Parses a request of a load generator, from its bytes to the intent. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RequestBenchmark {
    private static final int BODY_BYTES = 256;
    private static final ByteBuf APPEND = request(
            "POST /v1/stream/bench-0000001 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                    + "Content-Length: " + BODY_BYTES + "\r\n\r\n" + "x".repeat(BODY_BYTES));
    private static final ByteBuf READ = request(
            "GET /v1/stream/bench-0000001?offset=0000000000000001_0000000000000200 HTTP/1.1\r\nHost: localhost\r\n\r\n");

    private static final HttpLimits LIMITS = ServerConfig.builder()
            .http(http -> http.bodyBytesMax(64 << 20))
            .build()
            .http();

    private static final Routes ROUTES = new Routes(List.of(), "/v1/stream/");

    private final HeadRoom room = new HeadRoom(new Budget("bench", Long.MAX_VALUE));
    private final HeadParser heads = new HeadParser(LIMITS, room);
    private final RequestParser parser = new RequestParser(
            RetentionConfig.defaults(),
            new BodyParser(new JsonSplitter(), new JsonRoom(new Budget("bench", Long.MAX_VALUE))),
            10);

    private static ByteBuf request(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
    }

    /** An append of 256 bytes. */
    @Benchmark
    public Object append() {
        return parse(APPEND.duplicate());
    }

    /** A read from an offset. */
    @Benchmark
    public Object read() {
        return parse(READ.duplicate());
    }

    private Intent parse(ByteBuf in) {
        RequestHead head = heads.read(in);
        if (head == null) {
            throw new IllegalStateException("the request is incomplete");
        }
        room.giveBack(head.memoryBytes());
        return parser.parse(new HttpRequest(head, in.readSlice(in.readableBytes())), ROUTES);
    }
}
