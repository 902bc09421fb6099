package io.streamkeeper.storage.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadBudget;

/** Reads bytes of a stream that are all in memory. Stateless; used on the loop of the stream's shard. */
public final class HeldBytes {
    /** Runs that are on average shorter than this are copied into one buffer for a read. */
    public static final int COPY_BYTES_MAX = 4 << 10;

    private HeldBytes() {}

    /**
     * The bytes from {@code from} to {@code to}. Many small runs are copied into one buffer, because a system call
     * accepts a limited number of pieces; large runs are not copied.
     *
     * @param budget owns the copies; if it has no room, nothing is copied
     */
    public static ByteBuf read(StreamContent content, long from, long to, ReadBudget budget) {
        if (from == to) {
            return Unpooled.EMPTY_BUFFER;
        }
        int first = content.firstRun(from);
        int last = content.runAt(to - 1);
        if (first == last) {
            return content.slice(first, from, to).retain();
        }
        int runs = last - first + 1;
        long length = to - from;
        ByteBuf copy = length / runs < COPY_BYTES_MAX ? budget.tryAllocate((int) length) : null;
        if (copy != null) {
            copy(content, from, to, copy);
            return copy;
        }
        CompositeByteBuf all = Unpooled.compositeBuffer(runs);
        slices(content, from, to, all);
        return all;
    }

    /** Adds the bytes from {@code from} to {@code to} as slices. */
    public static void slices(StreamContent content, long from, long to, CompositeByteBuf all) {
        int last = content.runAt(to - 1);
        for (int run = content.firstRun(from); run <= last; run++) {
            all.addComponent(true, slice(content, run, from, to).retain());
        }
    }

    /** Copies the bytes from {@code from} to {@code to}. */
    public static void copy(StreamContent content, long from, long to, ByteBuf target) {
        int last = content.runAt(to - 1);
        for (int run = content.firstRun(from); run <= last; run++) {
            target.writeBytes(slice(content, run, from, to));
        }
    }

    /** Fills {@code copy}, which it returns, with the bytes from {@code from} to {@code to}; releases it on failure. */
    public static ByteBuf copyInto(ByteBuf copy, StreamContent content, long from, long to) {
        try {
            copy(content, from, to, copy);
            return copy;
        } catch (RuntimeException | Error e) {
            copy.release();
            throw e;
        }
    }

    /** The part of a run between {@code from} and {@code to}. */
    private static ByteBuf slice(StreamContent content, int run, long from, long to) {
        return content.slice(run, Math.max(from, content.runStart(run)), Math.min(to, content.runEnd(run)));
    }

    /** The total size of the blocks that contain the bytes from {@code from} to {@code to}. */
    @SuppressWarnings("ReferenceEquality")
    public static long blockBytes(StreamContent content, long from, long to) {
        long bytes = 0;
        Place counted = Block.NONE;
        int last = content.runAt(to - 1);
        for (int run = content.runAt(from); run <= last; run++) {
            if (content.place(run) != counted && content.place(run) instanceof Block block) {
                bytes += block.memory().capacity();
                counted = block;
            }
        }
        return bytes;
    }
}
