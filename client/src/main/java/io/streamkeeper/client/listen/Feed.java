package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import java.util.concurrent.CompletableFuture;

/**
 * One reader of one stream. A {@link Follower} pulls from it with one call at a time: the next one follows when the
 * previous one has completed. The futures fail with a {@link StreamException}; any thread may complete them, including
 * one that must not block.
 */
public interface Feed extends AutoCloseable {
    /**
     * {@return the stream's metadata, once the stream is found} Called once, before any other method.
     *
     * @param from where the first read will begin; {@code now} may be the offset in the metadata
     */
    CompletableFuture<StreamMetadata> open(From from);

    /**
     * Reads what follows {@code from}, or waits for it; completes with an empty batch after some time without data.
     *
     * @param from the end of the previous batch, or where to begin
     * @return the batch, possibly empty
     */
    CompletableFuture<Batch> next(From from);

    /**
     * {@return whether a retry with another feed after some time may succeed}
     *
     * @param failure the exception with which one of the futures failed
     */
    boolean isPassing(StreamException failure);

    /** Cancels the call in progress; its result is ignored. */
    @Override
    void close();
}
