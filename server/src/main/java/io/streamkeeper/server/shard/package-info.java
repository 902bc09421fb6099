/**
 * Shards: which loop owns which stream, how a command executes there, and how a fork reads across shards.
 *
 * <p>In reading order: {@link io.streamkeeper.server.shard.Shards}, {@link io.streamkeeper.server.shard.Shard}, {@code
 * ParkedWrites}; {@code ForkCreation} and {@link io.streamkeeper.server.shard.StreamRead}, which cross shards; {@link
 * io.streamkeeper.server.shard.CatchUp}; {@link io.streamkeeper.server.shard.Stores}, which opens the stores of the
 * shards. {@link io.streamkeeper.server.shard.TurnQueue} runs all work of a loop that may take long. The package {@code
 * live} contains the waiters at the tail of a stream. Everything is owned by the shard's loop, unless a class states
 * otherwise.
 */
@NullMarked
package io.streamkeeper.server.shard;

import org.jspecify.annotations.NullMarked;
