package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A body while it comes in. One that comes in a single run of a read's bytes is a slice of them; any other is copied into a
 * buffer that doubles as it fills, so that a client has memory for what it sent, not for what it announced, and each byte is
 * copied twice at the most. Used by the connection's event loop only.
 */
final class BodyBuffer {
    private static final int INITIAL_BYTES_MAX = 16 << 10;

    private final ByteBufAllocator allocator;
    private final int initialBytes;
    private final int bytesMax;
    private @Nullable ByteBuf bytes;
    private boolean slice;

    /** A buffer that is expected to hold {@code expectedBytes}, and never has to hold more than {@code bytesMax}. */
    BodyBuffer(ByteBufAllocator allocator, int expectedBytes, int bytesMax) {
        this.allocator = allocator;
        this.initialBytes = Math.min(expectedBytes, INITIAL_BYTES_MAX);
        this.bytesMax = bytesMax;
    }

    int size() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    /** Adds a run of {@code count} bytes that may be all there is: a slice if it is the first. */
    void takeRun(ByteBuf in, int count) {
        if (bytes == null) {
            bytes = in.readRetainedSlice(count);
            slice = true;
        } else {
            take(in, count);
        }
    }

    /** Adds {@code count} bytes by copying them. */
    void take(ByteBuf in, int count) {
        in.readBytes(writable(count), count);
    }

    private ByteBuf writable(int count) {
        ByteBuf old = bytes;
        if (old != null && !slice && old.writableBytes() >= count) {
            return old;
        }
        int size = size();
        long wanted = Math.max(initialBytes, 2L * size);
        int capacity = Math.max(size + count, (int) Math.min(wanted, bytesMax));
        ByteBuf grown = allocator.buffer(capacity, bytesMax);
        if (old != null) {
            grown.writeBytes(old);
            old.release();
        }
        bytes = grown;
        slice = false;
        return grown;
    }

    /** The body, now the caller's. */
    ByteBuf detach() {
        ByteBuf whole = bytes == null ? Unpooled.EMPTY_BUFFER : bytes;
        bytes = null;
        return whole;
    }

    void release() {
        detach().release();
    }
}
