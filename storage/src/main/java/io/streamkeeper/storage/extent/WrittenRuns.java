package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.stream.StoredRuns;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The runs of the entries of a file that is being written, until the streams refer to the file: encoded, because a file
 * has an entry for each of up to all streams of a shard. Filled by the background thread, then emptied by the loop, in
 * the same order.
 */
final class WrittenRuns {
    private static final int CHUNK_BYTES = 64 << 10;

    private final Deque<ByteBuf> chunks = new ArrayDeque<>();

    /** Adds the runs of an entry of the stream with this generation. */
    void add(long generation, StoredRuns runs) {
        ByteBuf last = chunks.peekLast();
        if (last == null || last.writerIndex() >= CHUNK_BYTES) {
            last = Unpooled.buffer(CHUNK_BYTES + CHUNK_BYTES / 4);
            chunks.add(last);
        }
        IndexEntry.write(last, generation, null, runs);
    }

    /** Removes the runs that were added first; returns them as an entry without a description. */
    IndexEntry remove() {
        ByteBuf first = chunks.element();
        IndexEntry entry = IndexEntry.read(first);
        if (!first.isReadable()) {
            chunks.remove();
        }
        return entry;
    }
}
