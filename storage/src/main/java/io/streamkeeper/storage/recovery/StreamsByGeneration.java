package io.streamkeeper.storage.recovery;

import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The streams that recovery has found, in the order of their generations. They are added in about that order: those in
 * files are in order, and those that only the journal has are usually younger. Takes 16 bytes for each stream, because
 * a start needs the heap for the streams (I11). Used by the thread that recovers the shard.
 */
final class StreamsByGeneration {
    private List<StreamState> streams = new ArrayList<>();

    /** The generation of each stream, which are searched; the rest is room. */
    private long[] generations = new long[16];

    /** The stream with this generation, or null. */
    @Nullable
    StreamState find(long generation) {
        int found = search(generation);
        return found < 0 ? null : streams.get(found);
    }

    private int search(long generation) {
        return Arrays.binarySearch(generations, 0, streams.size(), generation);
    }

    /** Adds a stream whose generation no other has. */
    void add(StreamState stream) {
        int index = -search(stream.generation()) - 1;
        if (index < 0) {
            throw new IllegalStateException("two streams have generation " + stream.generation());
        }
        int size = streams.size();
        if (size == generations.length) {
            generations = Arrays.copyOf(generations, size + (size >> 1));
        }
        System.arraycopy(generations, index, generations, index + 1, size - index);
        generations[index] = stream.generation();
        streams.add(index, stream);
    }

    List<StreamState> all() {
        return streams;
    }

    /** All streams; nothing is found any more. */
    List<StreamState> take() {
        List<StreamState> all = streams;
        streams = List.of();
        generations = new long[0];
        return all;
    }
}
