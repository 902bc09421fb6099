/**
 * Following a stream live with its offset kept: {@link io.streamkeeper.server.listen.StreamSource}, streams in this process
 * or on a server, the latter as {@link io.streamkeeper.server.listen.RemoteStreams}; {@link
 * io.streamkeeper.server.listen.StreamListener}, what is told of a stream; {@link io.streamkeeper.server.listen.Listening},
 * the handle to stop and resume. Inside, a {@link io.streamkeeper.server.listen.Follower} pulls one batch after the other out
 * of a {@link io.streamkeeper.server.listen.Feed}, and a {@link io.streamkeeper.server.listen.BatchPublisher} lets the
 * subscriber say when. A follower's state belongs to its {@link io.streamkeeper.server.listen.SerialExecutor}: one task at a
 * time, on threads of the executor that the source was given.
 *
 * <p>Over HTTP the feed is a {@link io.streamkeeper.server.listen.HttpFeed}. It reads an {@link
 * io.streamkeeper.server.listen.EventSession} (an {@link io.streamkeeper.server.listen.EventParser} makes events of bytes, a
 * {@link io.streamkeeper.server.listen.BatchAssembler} batches of events) or one {@link
 * io.streamkeeper.server.listen.AnswerBody} after the other; both are a {@link
 * io.streamkeeper.server.listen.PendingResponse}, which asks the connection for no more than is wanted.
 */
@NullMarked
package io.streamkeeper.server.listen;

import org.jspecify.annotations.NullMarked;
