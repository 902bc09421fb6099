/**
 * The Java API of the server: durable streams in the process of the application.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.DurableStreams}, the streams of one data directory, with
 * {@link io.streamkeeper.server.BlockingStreams} for threads that may block; {@link
 * io.streamkeeper.server.DurableSubscriptions} and {@link io.streamkeeper.server.BlockingSubscriptions}, the same for
 * subscriptions; {@code Commands}, {@code PendingCall}, {@code Results} and {@code SubscriptionResults}, which execute their
 * calls; {@code LocalFeed}, which lets listeners follow them; {@link
 * io.streamkeeper.server.DurableStreamsServer}, which serves them over HTTP, and {@link
 * io.streamkeeper.server.DurableStreamsMount}, which serves them on the connections of another Netty server; {@code
 * Engine}, the loops, shards and stores of all of them, with {@code Sockets} and {@code StoresFactory}.
 *
 * <p>One event loop owns each connection and each shard; loops exchange immutable messages only. Applications may call
 * from any thread; an executor completes their futures and calls their listeners.
 */
@NullMarked
package io.streamkeeper.server;

import org.jspecify.annotations.NullMarked;
