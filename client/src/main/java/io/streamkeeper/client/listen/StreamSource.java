package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import java.util.concurrent.Flow;

/**
 * Streams that can be followed, in this process or on a server, with the same methods and semantics. Safe for use by
 * any thread.
 */
public interface StreamSource {
    /**
     * Follows a stream: reads what is stored from {@code from} on, then what is appended, until the stream is closed or
     * deleted, or the listening is stopped. Each byte is delivered once, however often connections break.
     *
     * @param path the stream's, without percent-encoding; an invalid one is reported to {@code onError}
     * @param from where to begin; {@code now} is the tail when the stream is found
     * @param listener called on the source's executor, one call at a time; a slow listener delays only its own stream,
     *     as long as the executor has a thread for the others, and no data is read ahead for it
     * @return the handle to stop and resume the listening, which has already begun
     */
    Listening listen(String path, From from, StreamListener listener);

    /**
     * A stream as a publisher of its batches. Each subscriber begins at {@code from}; {@code request(n)} requests
     * {@code n} batches, which are read only then. It completes when the stream is closed; it ends with a {@link
     * io.streamkeeper.client.api.StreamException} if retention has dropped the data to read, or in the other cases in
     * which a listening ends with an error.
     *
     * @param path the stream's, without percent-encoding; an invalid one is an error of the subscription
     * @param from where each subscriber begins
     * @return a publisher for any number of subscribers, each of which reads independently
     */
    Flow.Publisher<Batch> publisher(String path, From from);
}
