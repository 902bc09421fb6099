package io.streamkeeper.storage;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import org.jspecify.annotations.Nullable;

/** What a store has staged, as the simulation may look at it to learn which of several allowed decisions was made. */
public final class Peek {
    private Peek() {}

    /** The stream that was staged last at a path, deleted or not, or null. */
    public static @Nullable StreamState at(ShardStore store, String path) {
        return store.streamAt(new StreamPath(path));
    }

    public static boolean isDeleted(StreamState stream) {
        return stream.isDeleted();
    }

    /** Whether the creation was refused. */
    public static boolean isUndone(StreamState stream) {
        return stream.isDurablyDropped() && !stream.isVisible();
    }

    public static boolean isClosed(StreamState stream) {
        return stream.isClosed();
    }

    public static long lastLsn(StreamState stream) {
        return stream.lastLsn();
    }

    public static @Nullable String streamSeq(StreamState stream) {
        return stream.streamSeq();
    }

    public static @Nullable Producer lastOf(StreamState stream, String producerId) {
        return stream.lastOf(producerId);
    }
}
