/**
 * Live readers: the long-polls and subscriptions that wait at the tail of a stream, and how appends are delivered to
 * them. In reading order: {@code LiveTail}, the waiters of one stream; {@code ParkedPolls} with {@link
 * io.streamkeeper.server.shard.live.LongPoll}; {@link io.streamkeeper.server.shard.live.Subscription} with its {@link
 * io.streamkeeper.server.shard.live.Subscriber}, {@code TailGroup} and {@code Round}; {@link
 * io.streamkeeper.server.shard.live.TailEvent}, which {@link io.streamkeeper.server.shard.live.SseFrame} and {@link
 * io.streamkeeper.server.shard.live.LongEvent} encode.
 *
 * <p>Owned by the loop of the stream's shard; each subscriber is called on its own loop.
 */
@NullMarked
package io.streamkeeper.server.shard.live;

import org.jspecify.annotations.NullMarked;
