package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import java.util.concurrent.CompletableFuture;

/**
 * One reader of one stream, which a {@link Follower} pulls: one call at a time, the next after the last one has
 * completed. The futures fail with a {@link StreamException} and may be completed by any thread, also one that must not
 * block.
 */
public interface Feed extends AutoCloseable {
    /** {@return the stream's metadata, when it is found} Called once, first. */
    CompletableFuture<StreamMetadata> open();

    /**
     * Reads what follows {@code from}, or waits for it; completes with an empty batch after some time without data.
     *
     * @param from the end of the last batch, or where to begin
     * @return the batch, maybe empty
     */
    CompletableFuture<Batch> next(From from);

    /**
     * {@return whether it may help to wait and to start again with another feed}
     *
     * @param failure what one of the futures failed with
     */
    boolean isPassing(StreamException failure);

    /** Cancels what is under way; its result is ignored. */
    @Override
    void close();
}
