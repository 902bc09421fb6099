package io.streamkeeper.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.server.shard.live.SseFrame;
import java.nio.charset.StandardCharsets;
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

/** Encodes an append of 256 bytes as a server-sent event, which the server does once for all subscribers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EventBenchmark {
    private static final int BODY_BYTES = 256;
    private static final ContentType TEXT = ContentType.parse("text/plain");

    private final ByteBuf bytes = Unpooled.unreleasableBuffer(Unpooled.directBuffer(BODY_BYTES)
            .writeBytes("a line of text\n".repeat(BODY_BYTES / 15).getBytes(StandardCharsets.US_ASCII)));

    /** Encodes text, one data line for each of its lines. */
    @Benchmark
    public int text() {
        return encode(TEXT);
    }

    /** Encodes bytes as base64. */
    @Benchmark
    public int base64() {
        return encode(ContentType.OCTET_STREAM);
    }

    private int encode(ContentType type) {
        Outcome.Chunk chunk = new Outcome.Chunk(
                type,
                Expiry.never(),
                1,
                new Offset(1, 0),
                new Offset(1, bytes.readableBytes()),
                true,
                false,
                true,
                bytes.duplicate());
        ByteBuf frame = SseFrame.encode(PooledByteBufAllocator.DEFAULT, chunk, "3350113", true);
        int length = frame.readableBytes();
        frame.release();
        return length;
    }
}
