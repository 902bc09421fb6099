package io.streamkeeper.server.shard;

import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.extent.ExtentUsage;
import io.streamkeeper.storage.shard.ShardStore;
import org.jspecify.annotations.Nullable;

/**
 * The state of a shard at one moment.
 *
 * @param shard its number
 * @param state what it does with writes
 * @param reason why it does not serve them; null if it does
 * @param streams the number of its streams, including deleted ones that forks keep
 * @param backlogBytes memory of records that no checkpoint has reached, or that readers hold
 * @param parkedWrites writes that wait because the backlog is long
 * @param extents its files, except those of the journal
 */
public record ShardStatus(
        int shard,
        State state,
        @Nullable String reason,
        int streams,
        long backlogBytes,
        int parkedWrites,
        ExtentUsage extents) {
    /** What a shard does with writes. */
    public enum State {
        /** It stores them. */
        SERVING,
        /** It has refused the last one, for a reason that may pass; reads are answered. */
        REFUSING,
        /** It acknowledges nothing more until the server restarts. */
        FAILED
    }

    static ShardStatus of(int shard, ShardStore store, int parkedWrites) {
        return new ShardStatus(
                shard,
                state(store),
                reason(store),
                store.streamCount(),
                store.backlogBytes(),
                parkedWrites,
                store.extentUsage());
    }

    /** What a store does with writes; on its loop. */
    static State state(ShardStore store) {
        if (store.failure() != null) {
            return State.FAILED;
        }
        return store.obstacle() == null ? State.SERVING : State.REFUSING;
    }

    /** Why a store does not serve writes; null if it does. */
    static @Nullable String reason(ShardStore store) {
        StorageFailedException failure = store.failure();
        Obstacle obstacle = store.obstacle();
        if (failure != null) {
            return failure.getMessage();
        }
        return obstacle == null ? null : obstacle.reason();
    }
}
