/**
 * Followers of the creations, closures and deletions of streams. In reading order: {@link
 * io.streamkeeper.server.shard.change.ChangeFeed} follows all shards and is used on the loop of its listener, such as a {@link
 * io.streamkeeper.server.shard.change.ChangesCall}; {@code
 * ChangeSubscription} is its part in one shard; {@code ShardChanges} wakes the subscriptions of a shard, which {@code
 * FollowerGroups} and {@code FollowerGroup} find by the beginning of a path.
 *
 * <p>A feed is owned by the loop of its listener, everything else by the loop of the shard.
 */
@NullMarked
package io.streamkeeper.server.shard.change;

import org.jspecify.annotations.NullMarked;
