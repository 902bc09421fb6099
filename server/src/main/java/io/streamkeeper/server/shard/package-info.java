/**
 * Shards: which loop owns which stream, how a command is executed there, how a fork reads across shards.
 *
 * <p>In reading order: {@link io.streamkeeper.server.shard.Shards}, {@link io.streamkeeper.server.shard.Shard}, {@code
 * ParkedWrites}; {@code ForkCreation} and {@link io.streamkeeper.server.shard.StreamRead}, which cross shards; {@link
 * io.streamkeeper.server.shard.CatchUp}; {@link io.streamkeeper.server.shard.Stores}, which open what a shard keeps.
 * {@link io.streamkeeper.server.shard.TurnQueue} has all work of a loop that may take long. The package {@code live}
 * holds who waits at the tail of a stream. Everything is owned by the shard's loop, except where a class says
 * otherwise.
 */
@NullMarked
package io.streamkeeper.server.shard;

import org.jspecify.annotations.NullMarked;
