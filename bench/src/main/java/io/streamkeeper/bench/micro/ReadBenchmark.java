package io.streamkeeper.bench.micro;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Outcome;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Reads from a shard in memory, without sockets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ReadBenchmark {
    private static final int STORED_BYTES = 1 << 20;
    private static final StreamPath PATH = new StreamPath("bench");

    /** The bytes of one read. */
    @Param({"1024", "65536"})
    private int readBytes;

    private ShardStore store = MemoryShard.empty();

    /** Creates the stream. */
    @Setup(Level.Trial)
    public void open() {
        close();
        store = MemoryShard.with(
                PATH, Body.of(Unpooled.directBuffer(STORED_BYTES).writeZero(STORED_BYTES)));
    }

    /** Releases the memory. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    /** One read. */
    @Benchmark
    public void read(Blackhole blackhole) {
        store.read(store.open(PATH, true), 0, Unpooled.EMPTY_BUFFER, 0, readBytes, outcome -> {
            if (outcome instanceof Outcome.Chunk chunk) {
                blackhole.consume(chunk.bytes().readableBytes());
                chunk.bytes().release();
            }
        });
    }
}
