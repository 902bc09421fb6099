package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * The memory for what is read from files, of all shards together, from the read until the bytes have left for the client.
 * Safe for use by any thread. A reader that does not take its bytes holds them; so the less is left, the less one read
 * gets.
 */
public final class ReadBudget {
    /** What a read gets at the least. */
    private static final int WINDOW_BYTES_MIN = 16 << 10;

    private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(true);
    private final long bytesMax;

    public ReadBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Bytes that readers hold. */
    public long usedBytes() {
        return buffers.metric().usedDirectMemory();
    }

    /** Whether nothing more can be read until some reader has taken its bytes. */
    boolean isExhausted() {
        return usedBytes() >= bytesMax;
    }

    /** How much of {@code bytes} a read may ask for now. */
    int window(int bytes) {
        long left = Math.max(0, bytesMax - usedBytes());
        return (int) Math.min(bytes, Math.max(WINDOW_BYTES_MIN, left / 16));
    }

    ByteBuf allocate(int bytes) {
        return buffers.directBuffer(bytes, bytes);
    }
}
