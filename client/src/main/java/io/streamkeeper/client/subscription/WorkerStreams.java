package io.streamkeeper.client.subscription;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.listen.StreamSource;

/**
 * The streams that a {@link PullWakeWorker} works on, of a server or of this process. Safe for use by any thread.
 *
 * @param subscriptions the requests about the subscription
 * @param source follows the wake stream
 * @param reader reads what is to be processed
 */
public record WorkerStreams(SubscriptionCalls subscriptions, StreamSource source, BatchReader reader) {
    /** Reads stored data. */
    @FunctionalInterface
    public interface BatchReader {
        /**
         * Reads stored data.
         *
         * @param path of the stream, without percent-encoding
         * @param from where to begin
         * @return the batch; empty at the tail
         * @throws io.streamkeeper.client.api.StreamException if it cannot be read
         * @throws InterruptedException if the thread is interrupted
         */
        Batch read(String path, From from) throws InterruptedException;
    }
}
