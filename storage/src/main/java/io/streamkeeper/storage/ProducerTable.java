package io.streamkeeper.storage;

import io.streamkeeper.protocol.Producer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last request of each producer of one stream (section 5.2.1). Owned by the shard's loop. One producer, the usual
 * case, costs no map.
 */
final class ProducerTable {
    /** Producers of one stream at the most; an append of one more is refused. */
    static final int PRODUCERS_MAX = 10_000;

    private @Nullable Producer only;
    private @Nullable Map<String, Producer> many;

    /** The last accepted request of producer {@code id}, or null. */
    @Nullable
    Producer last(String id) {
        if (many != null) {
            return many.get(id);
        }
        return only != null && only.id().equals(id) ? only : null;
    }

    /** Whether another producer than those known would be one too many. */
    boolean isFull() {
        return many != null && many.size() >= PRODUCERS_MAX;
    }

    /** The last accepted request of each producer. */
    List<Producer> all() {
        if (many != null) {
            return List.copyOf(many.values());
        }
        return only == null ? List.of() : List.of(only);
    }

    void accept(Producer producer) {
        if (many != null) {
            many.put(producer.id(), producer);
        } else if (only == null || only.id().equals(producer.id())) {
            only = producer;
        } else {
            many = new HashMap<>();
            many.put(only.id(), only);
            many.put(producer.id(), producer);
            only = null;
        }
    }

    /** Takes back an accepted request: {@code before} is what {@link #last} said until then. */
    void undo(String id, @Nullable Producer before) {
        if (before != null) {
            accept(before);
        } else if (many != null) {
            many.remove(id);
        } else {
            only = null;
        }
    }
}
