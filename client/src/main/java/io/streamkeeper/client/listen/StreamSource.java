package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import java.util.concurrent.Flow;

/**
 * Streams that can be followed, in this process or on a server: the same calls with the same meaning. Safe for use by
 * any thread.
 */
public interface StreamSource {
    /**
     * Follows a stream: reads what is stored from {@code from} on, then what is appended, until the stream is closed or
     * deleted, or the listening is stopped. Each byte is delivered once, however often connections break.
     *
     * @param path the stream's, without percent-encoding; one that is not valid is reported to {@code onError}
     * @param from where to begin; {@code now} is the tail as it is when the stream is found
     * @param listener called on the source's executor, one call at a time; a slow one delays its own stream only, as
     *     long as the executor has a thread for others, and nothing is read ahead for it
     * @return the handle to stop and resume; the listening has begun
     */
    Listening listen(String path, From from, StreamListener listener);

    /**
     * A stream as a publisher of its batches. Each subscriber begins at {@code from}; {@code request(n)} requests that
     * many batches, which are not read before. It completes when the stream is closed; it ends in a {@link
     * io.streamkeeper.client.api.StreamException} where the data to read has been dropped, or a listener would end with
     * an error.
     *
     * @param path the stream's, without percent-encoding; one that is not valid is an error of the subscription
     * @param from where each subscriber begins
     * @return a publisher that any number may subscribe to, each with a read of its own
     */
    Flow.Publisher<Batch> publisher(String path, From from);
}
