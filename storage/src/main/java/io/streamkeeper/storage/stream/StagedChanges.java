package io.streamkeeper.storage.stream;

import io.streamkeeper.storage.record.StreamConfig;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a stream's properties that are staged and not durable, as their number, and the properties that readers
 * see meanwhile (I2). The number and not the properties says whether any is left, because one change may revert another.
 * Part of {@link StreamState}; owned by the shard's loop.
 */
final class StagedChanges {
    private StreamConfig seen;
    private int count;

    /** No change yet of the properties that readers see. */
    StagedChanges(StreamConfig seen) {
        this.seen = seen;
    }

    StreamConfig seen() {
        return seen;
    }

    void staged() {
        count++;
    }

    /** One of them is durable, or was reverted: then {@code durable} is null. Returns whether none is left. */
    boolean ended(@Nullable StreamConfig durable) {
        if (durable != null) {
            seen = durable;
        }
        count--;
        return count == 0;
    }
}
