package io.streamkeeper.storage.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.stream.HeldBytes;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies of durable bytes that are in memory in many short runs, joined to chunks, which the readers of a stream share:
 * many clients that read a recent stream at the same time cause one copy, not one each. Owned by the shard's loop;
 * readers may release what they receive on any thread.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A chunk contains all bytes between two multiples of its length, all of them durable. Their positions never have
 *       other bytes, so a chunk is never wrong, whatever happens to the stream. Whether a position may be read is
 *       checked by the caller, before each read.
 *   <li>The memory of a chunk is reserved in the budget before it is filled, and counted once until the last reader has
 *       released it.
 *   <li>At most {@link ReadBudget#chunkBytesMax} are kept here. The chunk that was not used for the longest time is
 *       released first; one that no reader uses between two calls of {@link #releaseUnused} is released by the second.
 *       So the memory of a stream that nobody reads, or that is deleted or trimmed, is released soon.
 * </ul>
 */
final class JoinedChunks {
    /**
     * The most chunks that one read returns. The next reader's read of these chunks finds them in the processor's cache;
     * longer reads are measurably slower.
     */
    static final int READ_CHUNKS_MAX = 4;

    /** The chunk with the bytes from {@code number} times the length of a chunk on. */
    private record Key(long generation, long number) {}

    /** Owns {@code bytes}. */
    private static final class Chunk {
        private final ByteBuf bytes;
        private boolean used = true;

        Chunk(ByteBuf bytes) {
            this.bytes = bytes;
        }
    }

    private final ReadBudget budget;
    private final int chunkBytes;
    private final int chunksMax;

    /** In the order of their last use. */
    private final Map<Key, Chunk> chunks = new LinkedHashMap<>(16, 0.75f, true);

    /** The chunks of one of {@code shards}. */
    JoinedChunks(ReadBudget budget, int shards) {
        this.budget = budget;
        this.chunkBytes = budget.chunkBytes();
        this.chunksMax = (int) (budget.chunkBytesMax(shards) / chunkBytes);
    }

    /** Whether a read of so many bytes is one that chunks are made for. */
    boolean suit(long bytes) {
        return bytes > chunkBytes && chunksMax > 0;
    }

    /** The end of a read of at most {@value #READ_CHUNKS_MAX} chunks, which would extend to {@code to}. */
    long readEnd(long from, long to) {
        return Math.min(to, (from / chunkBytes + READ_CHUNKS_MAX) * chunkBytes);
    }

    /**
     * The bytes from {@code from} to {@code to}, which are durable and in memory: slices of chunks, and copies of the
     * bytes at the edges that are in no whole chunk. Null if no memory is available.
     */
    @Nullable
    ByteBuf read(StreamState stream, long from, long to) {
        long first = from / chunkBytes;
        long last = (to - 1) / chunkBytes;
        CompositeByteBuf all =
                new CompositeByteBuf(UnpooledByteBufAllocator.DEFAULT, true, (int) Math.max(2, last - first + 1));
        boolean whole = false;
        try {
            for (long number = first; number <= last; number++) {
                long start = number * chunkBytes;
                ByteBuf part = part(stream, number, Math.max(from, start), Math.min(to, start + chunkBytes));
                if (part == null) {
                    return null;
                }
                all.addComponent(true, part);
            }
            whole = true;
            return all;
        } finally {
            if (!whole) {
                all.release();
            }
        }
    }

    /** Bytes of one chunk, owned by the caller; null if no memory is available. */
    private @Nullable ByteBuf part(StreamState stream, long number, long from, long to) {
        Key key = new Key(stream.generation(), number);
        Chunk chunk = chunks.get(key);
        if (chunk != null) {
            chunk.used = true;
            return slice(chunk, from, to);
        }
        StreamContent content = stream.content();
        long start = number * chunkBytes;
        long end = start + chunkBytes;
        if (start < content.start() || end > stream.durableTail() || !content.isInMemory(start, end)) {
            return copy(content, from, to);
        }
        ByteBuf bytes = copy(content, start, end);
        if (bytes == null) {
            return null;
        }
        Chunk made = new Chunk(bytes);
        chunks.put(key, made);
        ByteBuf slice = slice(made, from, to);
        if (chunks.size() > chunksMax) {
            releaseFirst();
        }
        return slice;
    }

    private ByteBuf slice(Chunk chunk, long from, long to) {
        return chunk.bytes.retainedSlice((int) (from % chunkBytes), (int) (to - from));
    }

    private @Nullable ByteBuf copy(StreamContent content, long from, long to) {
        ByteBuf copy = budget.tryAllocate((int) (to - from));
        return copy == null ? null : HeldBytes.copyInto(copy, content, from, to);
    }

    private void releaseFirst() {
        Iterator<Chunk> oldest = chunks.values().iterator();
        ByteBuf bytes = oldest.next().bytes;
        oldest.remove();
        bytes.release();
    }

    /** Releases the chunks that were not used since the last call; called periodically. */
    void releaseUnused() {
        Iterator<Chunk> all = chunks.values().iterator();
        while (all.hasNext()) {
            Chunk chunk = all.next();
            if (!chunk.used) {
                all.remove();
                chunk.bytes.release();
            }
            chunk.used = false;
        }
    }

    /** Releases all chunks: others need the memory, or the shard is closed. */
    void releaseAll() {
        while (!chunks.isEmpty()) {
            releaseFirst();
        }
    }
}
