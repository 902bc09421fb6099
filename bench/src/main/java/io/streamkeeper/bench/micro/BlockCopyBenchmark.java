package io.streamkeeper.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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

/**
 * The lower bound of the cost of an append: copies a request body from the direct buffer that received it to the end of
 * a direct block of 1 MiB. No append can cost less than {@link #copy()}; {@link #copyWithChecksum()} adds the CRC32C of
 * the body, and {@link #checksum()} measures the CRC32C alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class BlockCopyBenchmark {

    private static final int BLOCK_BYTES = 1 << 20;
    private static final long BODY_SEED = 42;

    /** The length of the body. */
    @Param({"256", "4096"})
    private int bodyBytes;

    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final CRC32C crc = new CRC32C();
    private ByteBuf body = allocator.directBuffer(0);
    private ByteBuf block = allocator.directBuffer(0);

    /** Fills the body with bytes that are the same in every run. */
    @Setup(Level.Trial)
    public void fill() {
        release();
        block = allocator.directBuffer(BLOCK_BYTES, BLOCK_BYTES);
        body = allocator.directBuffer(bodyBytes, bodyBytes);
        SplittableRandom random = new SplittableRandom(BODY_SEED);
        while (body.isWritable()) {
            body.writeByte(random.nextInt());
        }
    }

    /** Releases both buffers. */
    @TearDown(Level.Trial)
    public void release() {
        body.release();
        block.release();
    }

    /**
     * Copies the body to the end of the block.
     *
     * @return the block's new length
     */
    @Benchmark
    public int copy() {
        return append();
    }

    /**
     * Copies the body to the end of the block and computes its CRC32C.
     *
     * @return the checksum
     */
    @Benchmark
    public long copyWithChecksum() {
        int end = append();
        return checksum(block.internalNioBuffer(end - bodyBytes, bodyBytes));
    }

    /**
     * Computes the CRC32C of the body in the buffer that received it.
     *
     * @return the checksum
     */
    @Benchmark
    public long checksum() {
        return checksum(body.internalNioBuffer(0, bodyBytes));
    }

    private int append() {
        if (block.writableBytes() < bodyBytes) {
            block.clear();
        }
        block.writeBytes(body, 0, bodyBytes);
        return block.writerIndex();
    }

    private long checksum(ByteBuffer bytes) {
        crc.reset();
        crc.update(bytes);
        return crc.getValue();
    }
}
