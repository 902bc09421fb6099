package io.streamkeeper.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.ShardStore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Appends of 256 bytes to a shard in memory, without sockets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AppendBenchmark {
    private static final int BODY_BYTES = 256;
    private static final int APPENDS_MAX = 1 << 18;
    private static final StreamPath PATH = new StreamPath("bench");

    private final ByteBuf body =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(BODY_BYTES).writeZero(BODY_BYTES));
    private ShardStore store = MemoryShard.empty();
    private int appends;

    /** Begins with an empty stream, so that all iterations store the same amount. */
    @Setup(Level.Iteration)
    public void open() {
        close();
        store = MemoryShard.with(PATH, Body.empty());
        appends = 0;
    }

    /** Releases the memory. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    /** One append. Every {@value #APPENDS_MAX} appends, a new stream replaces the old one; the time includes that. */
    @Benchmark
    public void append(Blackhole blackhole) {
        if (++appends == APPENDS_MAX) {
            open();
        }
        store.append(Command.Append.of(PATH, ContentType.OCTET_STREAM, Body.of(body.duplicate())), outcome -> {
            if (outcome instanceof Refusal refusal) {
                throw new IllegalStateException("an append was refused: " + refusal.message());
            }
            blackhole.consume(outcome);
        });
    }
}
