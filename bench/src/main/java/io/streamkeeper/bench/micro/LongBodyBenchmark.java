package io.streamkeeper.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.BudgetedBuffers;
import io.streamkeeper.storage.memory.GatheredBytes;
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

/** Measures how long one append of 60 MiB occupies the loop of a shard in memory, with a copied or an adopted body. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 20)
@Fork(1)
public class LongBodyBenchmark {
    private static final int BODY_BYTES = 60 << 20;
    private static final StreamPath PATH = new StreamPath("bench");

    /** Whether the body consists of pieces that the shard adopts instead of copying them. */
    @Param({"true", "false"})
    private boolean gathered;

    private final byte[] content = new byte[BODY_BYTES];
    private final BudgetedBuffers bodies = new BudgetedBuffers(new Budget("bodies", 2L * BODY_BYTES));
    private ShardStore store = MemoryShard.empty();
    private ByteBuf body = Unpooled.EMPTY_BUFFER;

    /** Creates an empty stream and a received body. */
    @Setup(Level.Invocation)
    public void open() {
        close();
        store = MemoryShard.with(PATH, Body.empty());
        GatheredBytes pieces = GatheredBytes.copyOf(content, bodies);
        if (pieces == null) {
            throw new IllegalStateException("the budget of bodies is exhausted");
        }
        body = gathered ? pieces : Unpooled.compositeBuffer(2).addComponent(true, pieces);
    }

    /** Releases the memory. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
    }

    /** One append, which releases the body. */
    @Benchmark
    public void append(Blackhole blackhole) {
        store.append(Command.Append.of(PATH, ContentType.OCTET_STREAM, Body.of(body)), blackhole::consume);
    }
}
