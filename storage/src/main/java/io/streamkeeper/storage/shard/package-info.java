/**
 * The commands of a shard. {@link io.streamkeeper.storage.shard.ShardStore} takes them; {@link
 * io.streamkeeper.storage.shard.Creation}, {@link io.streamkeeper.storage.shard.Append}, {@link
 * io.streamkeeper.storage.shard.Deletion}, {@link io.streamkeeper.storage.shard.Trim} and {@link
 * io.streamkeeper.storage.shard.Use} each decide one kind of change, stage its record, and publish or undo it, on the
 * {@link io.streamkeeper.storage.shard.ShardState} that they share; {@link io.streamkeeper.storage.shard.CommitQueue}
 * is why no answer leaves too early (I1). {@link io.streamkeeper.storage.shard.StreamReads}, {@link
 * io.streamkeeper.storage.shard.ContentReader} and {@link io.streamkeeper.storage.shard.Forks} read; {@link
 * io.streamkeeper.storage.shard.Upkeep} is what a shard does by itself; {@link
 * io.streamkeeper.storage.shard.ShardFaults} handles what nobody expected (I12).
 *
 * <p>Owned by the loop of the shard.
 */
@NullMarked
package io.streamkeeper.storage.shard;

import org.jspecify.annotations.NullMarked;
