package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.PathOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a shard that readers see, in the order of their paths; each path is in it at most once. Owned by the
 * shard's loop.
 *
 * <p>It is a list of chunks, which are sorted arrays of references to the streams, so it has no copy of a path. A stream
 * is found by one binary search for the chunk and one within it. To add or remove one moves at most a chunk, and once in
 * {@value #HALF} times the list of chunks: four bytes for each of them, of which a million streams have some 12,000.
 *
 * <p>A full chunk is divided into halves, or continued by a new one if the stream is the last of all, so that ascending
 * paths fill the chunks. A chunk that fits into {@value #MERGED_MAX} streams together with a neighbour is merged with
 * it. So chunks are about half full or more on average, and a stream takes {@value StreamState#INDEX_BYTES} bytes or
 * less.
 */
public final class PathIndex {
    static final int CHUNK_MAX = 128;

    private static final int HALF = CHUNK_MAX / 2;
    private static final int MERGED_MAX = CHUNK_MAX / 4 * 3;

    private static final Comparator<StreamState> ORDER = (a, b) -> PathOrder.compare(a.pathText(), b.pathText());

    private static final class Chunk {
        private final StreamState[] streams = new StreamState[CHUNK_MAX];
        private int size;

        /** The index of the first stream whose path is not before {@code path}. */
        private int ceiling(String path) {
            int low = 0;
            int high = size;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (PathOrder.compare(streams[middle].pathText(), path) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private void insert(int at, StreamState stream) {
            System.arraycopy(streams, at, streams, at + 1, size - at);
            streams[at] = stream;
            size++;
        }

        private void remove(int at) {
            size--;
            System.arraycopy(streams, at + 1, streams, at, size - at);
            streams[size] = null;
        }

        /** Moves the streams from {@code from} on to the end of {@code target}. */
        private void moveTo(Chunk target, int from) {
            System.arraycopy(streams, from, target.streams, target.size, size - from);
            target.size += size - from;
            Arrays.fill(streams, from, size, null);
            size = from;
        }
    }

    private @Nullable Chunk[] chunks = new Chunk[4];
    private int count;
    private int size;

    private Chunk chunk(int at) {
        Chunk chunk = chunks[at];
        if (chunk == null) {
            throw new IllegalStateException("chunk " + at + " of " + count + " is missing");
        }
        return chunk;
    }

    /** The index of the last chunk whose first path is not after {@code path}; the first chunk if there is none. */
    private int chunkOf(String path) {
        int low = 0;
        int high = count;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (PathOrder.compare(chunk(middle).streams[0].pathText(), path) <= 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    // ---- changes ----

    /** Replaces everything by {@code all}, of which each has another path; for a start. */
    public void fill(List<StreamState> all) {
        StreamState[] sorted = all.toArray(StreamState[]::new);
        Arrays.sort(sorted, ORDER);
        Chunk[] filled = new Chunk[Math.max(4, (sorted.length + CHUNK_MAX - 1) / CHUNK_MAX)];
        int used = 0;
        for (int from = 0; from < sorted.length; from += CHUNK_MAX) {
            Chunk chunk = new Chunk();
            chunk.size = Math.min(CHUNK_MAX, sorted.length - from);
            System.arraycopy(sorted, from, chunk.streams, 0, chunk.size);
            filled[used++] = chunk;
        }
        chunks = filled;
        count = used;
        size = sorted.length;
    }

    /**
     * Adds a stream.
     *
     * @throws IllegalStateException if its path has one
     */
    public void add(StreamState stream) {
        if (count == 0) {
            insertChunk(0, new Chunk());
        }
        int at = chunkOf(stream.pathText());
        Chunk chunk = chunk(at);
        int place = chunk.ceiling(stream.pathText());
        if (place < chunk.size && chunk.streams[place].pathText().equals(stream.pathText())) {
            throw new IllegalStateException("stream " + stream.path() + " is listed already");
        }
        if (chunk.size < CHUNK_MAX) {
            chunk.insert(place, stream);
        } else {
            insertDividing(at, place, stream);
        }
        size++;
    }

    private void insertDividing(int at, int place, StreamState stream) {
        Chunk full = chunk(at);
        Chunk next = new Chunk();
        insertChunk(at + 1, next);
        boolean isLast = place == CHUNK_MAX && at + 2 == count;
        if (!isLast) {
            full.moveTo(next, HALF);
        }
        if (isLast || place > HALF) {
            next.insert(isLast ? 0 : place - HALF, stream);
        } else {
            full.insert(place, stream);
        }
    }

    private void insertChunk(int at, Chunk chunk) {
        if (count == chunks.length) {
            chunks = Arrays.copyOf(chunks, count + count / 2);
        }
        System.arraycopy(chunks, at, chunks, at + 1, count - at);
        chunks[at] = chunk;
        count++;
    }

    /** Removes a stream; nothing if it is not the one at its path. */
    @SuppressWarnings("ReferenceEquality")
    public void remove(StreamState stream) {
        if (count == 0) {
            return;
        }
        int at = chunkOf(stream.pathText());
        Chunk chunk = chunk(at);
        int place = chunk.ceiling(stream.pathText());
        if (place == chunk.size || chunk.streams[place] != stream) {
            return;
        }
        chunk.remove(place);
        size--;
        if (chunk.size == 0) {
            removeChunk(at);
        } else if (at + 1 < count && chunk.size + chunk(at + 1).size <= MERGED_MAX) {
            mergeWithNext(at);
        } else if (at > 0 && chunk.size + chunk(at - 1).size <= MERGED_MAX) {
            mergeWithNext(at - 1);
        }
    }

    private void mergeWithNext(int at) {
        chunk(at + 1).moveTo(chunk(at), 0);
        removeChunk(at + 1);
    }

    private void removeChunk(int at) {
        count--;
        System.arraycopy(chunks, at + 1, chunks, at, count - at);
        chunks[count] = null;
    }

    // ---- queries ----

    public int size() {
        return size;
    }

    /** The number of chunks. */
    int chunkCount() {
        return count;
    }

    /**
     * Passes the streams whose paths are not before {@code from}, in order, to {@code visitor} until that returns false.
     * The visitor changes nothing.
     */
    public void visit(String from, Predicate<StreamState> visitor) {
        if (count == 0) {
            return;
        }
        int at = chunkOf(from);
        int place = chunk(at).ceiling(from);
        while (at < count) {
            Chunk chunk = chunk(at);
            for (; place < chunk.size; place++) {
                if (!visitor.test(chunk.streams[place])) {
                    return;
                }
            }
            place = 0;
            at++;
        }
    }
}
