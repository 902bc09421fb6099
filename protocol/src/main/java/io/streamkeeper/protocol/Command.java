package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One request on one stream, parsed, and checked by the rules that need no state. A command owns its {@link Body}; the
 * code that executes the command releases it.
 */
public sealed interface Command {
    /** {@return the stream of the command, which selects the shard} */
    StreamPath path();

    /**
     * PUT: create a stream, or ensure that it exists as described (section 5.1).
     *
     * @param path the stream
     * @param contentType null where the header was not sent
     * @param expiry the requested expiry; {@link Expiry#never()} where none was requested
     * @param retention the requested retention; {@link Retention#none()} where none was requested
     * @param closed whether the stream is created closed
     * @param fork null where the stream is not a fork
     * @param preconditions the conditions on the current state of the path
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
         * @param newBody replaces the body, which is not released
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
     * @param close whether the stream is closed after the body
     * @param producer null where the append has no producer headers
     * @param streamSeq null where the header was not sent; compared byte by byte (section 5.2)
     * @param expectedOffset the tail that the append requires ({@code Stream-Expected-Offset}); null for any
     * @param preconditions the conditions on the current state of the stream
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
         * {@return an append of {@code body} that depends on nothing, and leaves the stream open}
         *
         * @param path the stream
         * @param contentType its content type
         * @param body what to append
         */
        public static Append of(StreamPath path, ContentType contentType, Body body) {
            return new Append(path, contentType, false, null, null, null, Preconditions.NONE, body);
        }

        /**
         * {@return the same with another body}
         *
         * @param newBody replaces the body, which is not released
         */
        public Append withBody(Body newBody) {
            return new Append(path, contentType, close, producer, streamSeq, expectedOffset, preconditions, newBody);
        }
    }

    /**
     * GET: read stored bytes, or wait for new ones (sections 5.6 to 5.8).
     *
     * @param path the stream
     * @param start where to begin
     * @param live whether to wait, and how
     * @param timeoutMillis the longest time that a long-poll waits, or -1 for the limit of the server
     * @param cursor the cursor that the client returns, or null
     * @param range null for a read that extends to the tail
     */
    record Read(
            StreamPath path,
            ReadStart start,
            LiveMode live,
            long timeoutMillis,
            @Nullable String cursor,
            @Nullable ReadRange range)
            implements Command {
        /** {@return whether its start or its end has to be searched for in the stream} */
        public boolean isRanged() {
            return range != null || isSearched();
        }

        /** {@return whether its start has to be searched for, so that the request does not state it} */
        public boolean isSearched() {
            return start instanceof ReadStart.Last || start instanceof ReadStart.Since;
        }

        /** {@return whether it is a page that ends at its start} */
        public boolean isBackward() {
            return range != null && range.backward();
        }

        /** {@return whether the same request begins at another offset after the next append} */
        public boolean followsTail() {
            return isSearched() || (isBackward() && start instanceof ReadStart.Now);
        }
    }

    /**
     * HEAD: describe the stream (section 5.5).
     *
     * @param path the stream
     */
    record Describe(StreamPath path) implements Command {}

    /**
     * PATCH: change the metadata of the stream.
     *
     * @param path the stream
     * @param change what is changed
     * @param preconditions the conditions on the present metadata
     */
    record Change(StreamPath path, MetadataChange change, Preconditions preconditions) implements Command {}

    /**
     * DELETE: remove the stream (section 5.4).
     *
     * @param path the stream
     * @param preconditions the conditions on the current state of the stream
     */
    record Delete(StreamPath path, Preconditions preconditions) implements Command {}
}
