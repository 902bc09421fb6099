package io.streamkeeper.server.listen;

import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import io.streamkeeper.server.api.StreamException;
import io.streamkeeper.server.api.StreamMetadata;
import java.util.concurrent.CompletableFuture;

/**
 * One reader of one stream, as a {@link Follower} pulls at it: one call at a time, the next when the last one is answered.
 * The futures fail with a {@link StreamException} and may be completed by any thread, also one that must not block.
 */
public interface Feed extends AutoCloseable {
    /** {@return what is known of the stream, when it is found} Called once, first. */
    CompletableFuture<StreamMetadata> open();

    /**
     * Reads on: what is there behind {@code from}, or what comes next; an empty batch after a while in which nothing came.
     *
     * @param from the end of the last batch, or where to begin
     * @return the batch, perhaps empty
     */
    CompletableFuture<Batch> next(From from);

    /**
     * {@return whether it may help to wait and begin anew with another feed}
     *
     * @param failure what one of the futures failed with
     */
    boolean isPassing(StreamException failure);

    /** Lets go of what is under way; what that is answered with is of no interest. */
    @Override
    void close();
}
