package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One request on one stream, parsed and checked as far as that needs no state. A command that has a {@link Body} owns
 * it; who carries the command out releases it.
 */
public sealed interface Command {
    /** {@return the stream that the command is about; it decides the shard} */
    StreamPath path();

    /**
     * PUT: create a stream, or ensure that it exists as described (section 5.1).
     *
     * @param path the stream
     * @param contentType null where the header was not sent
     * @param expiry what was asked for; {@link Expiry#never()} where nothing was
     * @param retention what was asked for; {@link Retention#none()} where nothing was
     * @param closed whether the stream is created closed
     * @param fork null where the stream is not a fork
     * @param preconditions the state of the path that the create insists on
     * @param body the initial content
     */
    record Create(
            StreamPath path,
            @Nullable ContentType contentType,
            Expiry expiry,
            Retention retention,
            boolean closed,
            @Nullable ForkOrigin fork,
            Preconditions preconditions,
            Body body)
            implements Command {
        /**
         * {@return the same with another body}
         *
         * @param newBody takes the place of the body, which is not released
         */
        public Create withBody(Body newBody) {
            return new Create(path, contentType, expiry, retention, closed, fork, preconditions, newBody);
        }
    }

    /**
     * POST: append, append and close, or close (sections 5.2 and 5.3).
     *
     * @param path the stream
     * @param contentType null where the header was not sent, which only a close without a body may do
     * @param close whether the stream is closed behind the body
     * @param producer null where the append is not an idempotent producer's
     * @param streamSeq null where the header was not sent; compared byte by byte (section 5.2)
     * @param expectedOffset the tail that the append insists on ({@code Stream-Expected-Offset}); null where any will do
     * @param preconditions the state of the stream that the append insists on
     * @param body what to append; empty for a close alone
     */
    record Append(
            StreamPath path,
            @Nullable ContentType contentType,
            boolean close,
            @Nullable Producer producer,
            @Nullable String streamSeq,
            @Nullable Offset expectedOffset,
            Preconditions preconditions,
            Body body)
            implements Command {
        /**
         * {@return the same with another body}
         *
         * @param newBody takes the place of the body, which is not released
         */
        public Append withBody(Body newBody) {
            return new Append(path, contentType, close, producer, streamSeq, expectedOffset, preconditions, newBody);
        }
    }

    /**
     * GET: read what is there, or wait for more (sections 5.6 to 5.8).
     *
     * @param path the stream
     * @param start where to begin
     * @param live whether to wait, and how
     * @param timeoutMillis how long a long-poll waits at the most, or -1 for the server's own limit
     * @param cursor the cursor that the client echoes, or null
     */
    record Read(
            StreamPath path,
            ReadStart start,
            LiveMode live,
            long timeoutMillis,
            @Nullable String cursor) implements Command {}

    /**
     * HEAD: describe the stream (section 5.5).
     *
     * @param path the stream
     */
    record Describe(StreamPath path) implements Command {}

    /**
     * DELETE: remove the stream (section 5.4).
     *
     * @param path the stream
     * @param preconditions the state of the stream that the deletion insists on
     */
    record Delete(StreamPath path, Preconditions preconditions) implements Command {}
}
