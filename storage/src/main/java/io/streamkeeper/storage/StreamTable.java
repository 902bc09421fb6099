package io.streamkeeper.storage;

import io.streamkeeper.protocol.StreamPath;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a shard by path: of each path the incarnation that was staged last, and behind it, until that one is
 * durable, the one that readers still see. Owned by the shard's loop.
 */
final class StreamTable {
    private final Map<String, StreamState> byPath = new HashMap<>();

    /** The incarnation that was staged last at a path. */
    @Nullable
    StreamState at(StreamPath path) {
        return byPath.get(path.value());
    }

    /** Takes a staged stream in, in front of what was at its path. */
    void put(StreamState stream) {
        stream.replaces(byPath.put(stream.path().value(), stream));
    }

    /** The stream is durable: nobody sees what was there before. */
    void settled(StreamState stream) {
        stream.replaces(null);
    }

    /** The stream was never there: what it replaced is back. */
    void takeBack(StreamState stream) {
        StreamState before = stream.replaced();
        if (before == null || (before.isDurablyDeleted() && before.forks() == 0)) {
            byPath.remove(stream.path().value(), stream);
        } else {
            byPath.replace(stream.path().value(), stream, before);
        }
        stream.replaces(null);
    }

    /** Lets go of a stream that is deleted; one that has its path by now stays. */
    void remove(StreamState stream) {
        byPath.remove(stream.path().value(), stream);
    }

    int size() {
        return byPath.size();
    }

    /** All streams, those included that another is to replace. */
    void forEach(Consumer<StreamState> action) {
        for (StreamState latest : byPath.values()) {
            for (StreamState stream = latest; stream != null; stream = stream.replaced()) {
                action.accept(stream);
            }
        }
    }
}
