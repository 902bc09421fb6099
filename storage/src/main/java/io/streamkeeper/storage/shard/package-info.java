/**
 * The commands of a shard. {@link io.streamkeeper.storage.shard.ShardStore} receives them; {@link
 * io.streamkeeper.storage.shard.Creation}, {@link io.streamkeeper.storage.shard.Append}, {@link
 * io.streamkeeper.storage.shard.Deletion}, {@link io.streamkeeper.storage.shard.Trim}, {@link
 * io.streamkeeper.storage.shard.Release} and {@link io.streamkeeper.storage.shard.Use} are the kinds of change: each
 * decides, stages a record, applies it, and publishes or undoes the change, on the {@link
 * io.streamkeeper.storage.shard.ShardState} that they share. {@link io.streamkeeper.storage.shard.CommitQueue} sends no
 * reply before the records that it depends on are durable (I1). {@link io.streamkeeper.storage.shard.StreamReads},
 * {@link io.streamkeeper.storage.shard.ContentReader} and {@link io.streamkeeper.storage.shard.Boundaries} read, {@link
 * io.streamkeeper.storage.shard.MessageSearch} finds where limited reads begin and end, {@link
 * io.streamkeeper.storage.shard.JoinedChunks} keeps what several readers read; {@link
 * io.streamkeeper.storage.shard.ChangeHistory} keeps the last creations, closures and deletions; {@link
 * io.streamkeeper.storage.shard.Forks} counts forks and reads the bytes that they inherit; {@link
 * io.streamkeeper.storage.shard.Upkeep} is the periodic work; {@link io.streamkeeper.storage.shard.ReceivedRecords}
 * applies what another process has decided; {@link io.streamkeeper.storage.shard.ShardStart} adds the
 * streams that recovery has found; {@link io.streamkeeper.storage.shard.ShardFaults} handles unexpected throwables
 * (I12).
 *
 * <p>Owned by the loop of the shard.
 */
@NullMarked
package io.streamkeeper.storage.shard;

import org.jspecify.annotations.NullMarked;
