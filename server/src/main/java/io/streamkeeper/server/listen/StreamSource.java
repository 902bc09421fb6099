package io.streamkeeper.server.listen;

import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import java.util.concurrent.Flow;

/**
 * Streams that can be followed, in this process or on a server: the same calls with the same meaning. Safe for use by any
 * thread.
 */
public interface StreamSource {
    /**
     * Follows a stream: what is there from {@code from} on, then what comes, until the stream is closed, deleted, or the
     * listening is stopped. Nothing is lost and nothing is told twice, however often connections break.
     *
     * @param path the stream's, without percent-encoding; one that is not valid is told to {@code onError}
     * @param from where to begin; {@code now} is the tail as it is when the stream is found
     * @param listener told on the source's executor, one call at a time; a slow one holds up its own stream only, as long as
     *     the executor has a thread for others, and nothing is read ahead for it
     * @return the handle to stop and resume; the listening has begun
     */
    Listening listen(String path, From from, StreamListener listener);

    /**
     * A stream as a publisher of its batches. Each subscriber begins at {@code from}; {@code request(n)} asks for that many
     * batches, which are not read before they are asked for. It completes when the stream is closed; it ends in a {@link
     * io.streamkeeper.server.api.StreamException} where a listener would be told that data is gone or of an error.
     *
     * @param path the stream's, without percent-encoding; one that is not valid is an error of the subscription
     * @param from where each subscriber begins
     * @return a publisher that any number may subscribe to, each with a read of its own
     */
    Flow.Publisher<Batch> publisher(String path, From from);
}
