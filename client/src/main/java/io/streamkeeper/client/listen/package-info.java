/**
 * Follows a stream live and keeps its offset, whether the stream is in this process or on a server.
 *
 * <p>To read in this order: {@link io.streamkeeper.client.listen.StreamSource}, streams that can be followed, in this
 * process or on a server; {@link io.streamkeeper.client.listen.StreamListener}, which receives the data of a stream;
 * {@link io.streamkeeper.client.listen.Listening}, the handle to stop and resume; {@link
 * io.streamkeeper.client.listen.Feed}, one reader of one stream, which a source implements; {@link
 * io.streamkeeper.client.listen.Follower}, which pulls one batch after another from a feed; {@link
 * io.streamkeeper.client.listen.BatchPublisher}, whose subscribers request batches; {@link
 * io.streamkeeper.client.listen.FeedSource}, which creates both from feeds.
 *
 * <p>A follower's state belongs to its {@link io.streamkeeper.client.listen.SerialExecutor}, which runs one task at a
 * time, on threads of the source's executor, by default {@link io.streamkeeper.client.listen.CallbackThreads}.
 */
@NullMarked
package io.streamkeeper.client.listen;

import org.jspecify.annotations.NullMarked;
