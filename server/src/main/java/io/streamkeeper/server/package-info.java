/**
 * Durable streams for Java programs, and the process that serves them: {@link io.streamkeeper.server.DurableStreams}, the
 * streams of one data directory, with {@link io.streamkeeper.server.BlockingStreams} for threads that may wait; {@link
 * io.streamkeeper.server.DurableStreamsServer}, which serves them over HTTP, and {@link io.streamkeeper.server.DurableStreamsMount}, which does so on connections of
 * somebody else's server; {@code Engine}, the loops, shards and stores below both. The process is
 * {@link io.streamkeeper.server.cli.Main}.
 *
 * <p>A connection and a shard are each owned by one event loop; what crosses from one loop to another is an immutable
 * message. Programs call from any thread and are answered on an executor of their own.
 */
@NullMarked
package io.streamkeeper.server;

import org.jspecify.annotations.NullMarked;
