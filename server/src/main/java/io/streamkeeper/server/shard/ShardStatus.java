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
        StorageFailedException failure = store.failure();
        Obstacle obstacle = store.obstacle();
        State state = failure != null ? State.FAILED : obstacle != null ? State.REFUSING : State.SERVING;
        String reason = failure != null ? failure.getMessage() : obstacle != null ? obstacle.reason() : null;
        return new ShardStatus(
                shard, state, reason, store.streamCount(), store.backlogBytes(), parkedWrites, store.extentUsage());
    }
}
