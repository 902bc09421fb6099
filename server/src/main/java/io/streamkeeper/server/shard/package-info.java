/**
 * Shards and what waits at them: which loop owns which stream, how a command gets there and its outcome back, how a
 * fork reads across shards, and how live readers are told.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.shard.Shards}, {@link io.streamkeeper.server.shard.Shard},
 * {@link io.streamkeeper.server.shard.ForkCreation} and {@link io.streamkeeper.server.shard.StreamRead}, which cross
 * shards, then {@link io.streamkeeper.server.shard.LiveTail} with {@link io.streamkeeper.server.shard.ParkedPolls} and
 * {@link io.streamkeeper.server.shard.Subscription}. {@link io.streamkeeper.server.shard.TurnQueue} has all work of a loop
 * that may be long. Everything is owned by the shard's loop, except where a class says otherwise.
 */
@NullMarked
package io.streamkeeper.server.shard;

import org.jspecify.annotations.NullMarked;
