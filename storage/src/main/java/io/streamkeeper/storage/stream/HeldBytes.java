package io.streamkeeper.storage.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.memory.ReadBudget;

/** Reads bytes of a stream all of which are in memory. Stateless; used on the loop of the stream's shard. */
public final class HeldBytes {
    /** Runs shorter than this on average are copied together for a read. */
    public static final int COPY_BYTES_MAX = 4 << 10;

    private HeldBytes() {}

    /**
     * The bytes from {@code from} to {@code to}. Many small runs are copied together, because a system call takes only
     * so many pieces; large ones are not copied.
     *
     * @param budget owns the copies; where it has no room, none is made
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

    /** What of a run lies between {@code from} and {@code to}. */
    private static ByteBuf slice(StreamContent content, int run, long from, long to) {
        return content.slice(run, Math.max(from, content.runStart(run)), Math.min(to, content.runEnd(run)));
    }

    /** Bytes of the blocks that the bytes from {@code from} to {@code to} lie in. */
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
