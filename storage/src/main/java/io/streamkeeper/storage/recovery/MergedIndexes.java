package io.streamkeeper.storage.recovery;

import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.extent.Extent;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.IndexEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of all extent files of a shard, read at the same time in the order of generations: so all entries of one
 * stream are known before those of the next one are read, and only one stream's entries are in memory (I11). Used by the
 * thread that recovers the shard.
 */
final class MergedIndexes {
    /** The memory for the parts of the indexes that are read at once. */
    private static final int WINDOWS_BYTES = 4 << 20;

    /** The next entry of a file. */
    private static final class Head {
        final Extent extent;
        final int order;
        final ExtentFile.Cursor cursor;
        IndexEntry entry;

        Head(Extent extent, int order, ExtentFile.Cursor cursor, IndexEntry first) {
            this.extent = extent;
            this.order = order;
            this.cursor = cursor;
            this.entry = first;
        }

        long generation() {
            return entry.generation();
        }

        int order() {
            return order;
        }
    }

    private final PriorityQueue<Head> heads =
            new PriorityQueue<>(Comparator.comparingLong(Head::generation).thenComparingInt(Head::order));

    /** The indexes of {@code extents}, which are in the order of their numbers. */
    MergedIndexes(List<Extent> extents) throws IOException {
        int windowBytes = Math.min(ExtentFile.WINDOW_BYTES_MAX, WINDOWS_BYTES / Math.max(1, extents.size()));
        for (Extent extent : extents) {
            ExtentFile.Cursor cursor = extent.file().entries(windowBytes);
            IndexEntry first = cursor.next();
            if (first != null) {
                heads.add(new Head(extent, heads.size(), cursor, first));
            }
        }
    }

    /** An entry of a stream, and the file that has it. */
    record Part(Extent extent, IndexEntry entry) {}

    /** All entries of the next stream, those of one file in its order, the files in theirs; null after the last stream. */
    @Nullable
    List<Part> next() throws IOException {
        Head first = heads.peek();
        if (first == null) {
            return null;
        }
        long generation = first.generation();
        List<Part> parts = new ArrayList<>(1);
        for (Head head = first; head != null && head.generation() == generation; head = heads.peek()) {
            parts.add(new Part(head.extent, head.entry));
            heads.remove();
            advance(head);
        }
        return parts;
    }

    private void advance(Head head) throws IOException {
        IndexEntry next = head.cursor.next();
        if (next == null) {
            return;
        }
        if (next.generation() < head.generation()) {
            throw new DamagedFileException(
                    head.extent.file().name(),
                    0,
                    "an entry of stream " + next.generation() + " follows one of stream " + head.generation()
                            + ", expected ascending order");
        }
        head.entry = next;
        heads.add(head);
    }
}
