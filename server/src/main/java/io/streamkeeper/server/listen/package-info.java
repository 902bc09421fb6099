/**
 * Following a stream live with its offset kept: {@link io.streamkeeper.server.listen.StreamSource}, streams in this process
 * or on a server; {@link io.streamkeeper.server.listen.StreamListener}, what is told of a stream; {@link
 * io.streamkeeper.server.listen.Listening}, the handle to stop and resume. Inside, a {@link
 * io.streamkeeper.server.listen.Follower} pulls one batch after the other out of a {@link
 * io.streamkeeper.server.listen.Feed}, and a {@link io.streamkeeper.server.listen.BatchPublisher} lets the subscriber say
 * when. A follower's state belongs to its {@link io.streamkeeper.server.listen.SerialExecutor}: one task at a time, on
 * threads of the executor that the source was given.
 */
@NullMarked
package io.streamkeeper.server.listen;

import org.jspecify.annotations.NullMarked;
