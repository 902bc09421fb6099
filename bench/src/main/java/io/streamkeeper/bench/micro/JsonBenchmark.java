package io.streamkeeper.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.JsonSplitter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
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
import org.openjdk.jmh.annotations.Warmup;

/** Splits a JSON array into messages, as an append to a JSON stream does. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class JsonBenchmark {
    private static final String MESSAGE = "{\"id\":12345,\"type\":\"token\",\"text\":\"a few words\",\"done\":false}";

    /** The number of messages in the array. */
    @Param({"1", "16"})
    private int messages;

    private final JsonSplitter splitter = new JsonSplitter();
    private ByteBuf array = Unpooled.EMPTY_BUFFER;

    /** Writes the array. */
    @Setup(Level.Trial)
    public void write() {
        String text = "[" + String.join(",", Collections.nCopies(messages, MESSAGE)) + "]";
        array = Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Splits the array. */
    @Benchmark
    public int split() {
        Body body = splitter.split(array.retainedDuplicate());
        int bytes = body.bytes().readableBytes();
        body.release();
        return bytes;
    }
}
