/**
 * Following a stream live with its offset kept, wherever the stream is.
 *
 * <p>To read in this order: {@link io.streamkeeper.client.listen.StreamSource}, streams that can be followed, in this
 * process or on a server; {@link io.streamkeeper.client.listen.StreamListener}, which receives a stream; {@link
 * io.streamkeeper.client.listen.Listening}, the handle to stop and resume; {@link io.streamkeeper.client.listen.Feed},
 * one reader of one stream, which a source implements; {@link io.streamkeeper.client.listen.Follower}, which pulls one
 * batch after the other out of a feed; {@link io.streamkeeper.client.listen.BatchPublisher}, whose subscribers say
 * when; {@link io.streamkeeper.client.listen.FeedSource}, which makes both of feeds.
 *
 * <p>A follower's state belongs to its {@link io.streamkeeper.client.listen.SerialExecutor}: one task at a time, on
 * threads of the executor that the source was given, by default {@link io.streamkeeper.client.listen.CallbackThreads}.
 */
@NullMarked
package io.streamkeeper.client.listen;

import org.jspecify.annotations.NullMarked;
