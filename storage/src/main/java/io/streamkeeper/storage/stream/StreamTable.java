package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.StreamPath;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a shard by path. For each path it has the incarnation that was staged last; until that is durable, it
 * refers to the one that readers still see. Owned by the shard's loop.
 */
public final class StreamTable {
    private final Map<String, StreamState> byPath = new HashMap<>();

    /** The incarnation that was staged last at a path. */
    @Nullable
    public StreamState at(StreamPath path) {
        return byPath.get(path.value());
    }

    /** Adds a staged stream, which replaces the one at its path. */
    public void put(StreamState stream) {
        stream.replaces(byPath.put(stream.path().value(), stream));
    }

    /** The stream is durable: no reader sees the one that it replaces. */
    public void settled(StreamState stream) {
        stream.replaces(null);
    }

    /** The creation is undone: the stream that it replaced has the path again. */
    public void takeBack(StreamState stream) {
        StreamState before = stream.replaced();
        if (before == null || before.isDurablyDropped()) {
            byPath.remove(stream.path().value(), stream);
        } else {
            byPath.replace(stream.path().value(), stream, before);
        }
        stream.replaces(null);
    }

    /** Removes a deleted stream; a newer stream that has its path stays. */
    public void remove(StreamState stream) {
        byPath.remove(stream.path().value(), stream);
    }

    public int size() {
        return byPath.size();
    }

    /** Passes all streams to {@code action}, including those that a staged stream is to replace. */
    public void forEach(Consumer<StreamState> action) {
        for (StreamState latest : byPath.values()) {
            for (StreamState stream = latest; stream != null; stream = stream.replaced()) {
                action.accept(stream);
            }
        }
    }
}
