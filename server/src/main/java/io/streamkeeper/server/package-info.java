/**
 * Durable streams for Java programs.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.DurableStreams}, the streams of one data directory, with
 * {@link io.streamkeeper.server.BlockingStreams} for threads that may wait; {@code Commands}, {@code Call} and
 * {@code Results}, which execute its calls; {@code LocalFeed}, which lets listeners follow them; {@link
 * io.streamkeeper.server.DurableStreamsServer}, which serves them over HTTP, and {@link
 * io.streamkeeper.server.DurableStreamsMount}, which does so on connections of another Netty server; {@code Engine},
 * the loops, shards and stores below both, with {@code Sockets} and {@code StoresFactory}.
 *
 * <p>A connection and a shard are each owned by one event loop; what passes from one loop to another is an immutable
 * message. Programs call from any thread; their futures are completed and their listeners called on an executor.
 */
@NullMarked
package io.streamkeeper.server;

import org.jspecify.annotations.NullMarked;
