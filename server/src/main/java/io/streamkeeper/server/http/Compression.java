package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.EventLoop;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.server.shard.LoopTasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses catch-up bodies, away from the loops, which a megabyte would hold up for milliseconds. Safe for use by any
 * thread; what waits is bounded by the requests that are in flight.
 */
final class Compression {
    /** A body smaller than this is not worth it. */
    static final int BYTES_MIN = 1 << 10;

    private static final Set<String> SUITABLE = Set.of(
            "application/json",
            "application/ndjson",
            "application/x-ndjson",
            "application/javascript",
            "application/xml",
            "image/svg+xml");

    private final Executor workers;

    Compression(Executor workers) {
        this.workers = workers;
    }

    /** Whether bodies of this type get smaller. */
    static boolean suits(ContentType type) {
        String essence = type.essence();
        return essence.startsWith("text/")
                || essence.endsWith("+json")
                || essence.endsWith("+xml")
                || SUITABLE.contains(essence);
    }

    /** Compresses {@code body}, which is taken over, and hands the result over on {@code loop}. */
    void gzip(WireBody body, ByteBufAllocator allocator, EventLoop loop, Consumer<ByteBuf> compressed) {
        workers.execute(() -> {
            ByteBuf result = gzip(body, allocator);
            LoopTasks.run(loop, () -> compressed.accept(result));
        });
    }

    private static ByteBuf gzip(WireBody body, ByteBufAllocator allocator) {
        ByteBuf result = allocator.buffer(Math.max(BYTES_MIN, body.length() / 4));
        try (GZIPOutputStream gzip = new FastGzip(new ByteBufOutputStream(result))) {
            if (body.isArray()) {
                gzip.write('[');
            }
            body.stored().readBytes(gzip, body.stored().readableBytes());
            if (body.isArray()) {
                gzip.write(']');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            body.stored().release();
        }
        return result;
    }

    /** The level at which most of the gain is had for a fraction of the work. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(ByteBufOutputStream out) throws IOException {
            super(out, 8 << 10);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
