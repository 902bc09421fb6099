package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Receives the data of a followed stream. Threads of the executor of its {@link StreamSource} call it, one call at a
 * time, in the order of the stream; a call may take as long as it needs. A call that blocks occupies a thread of the
 * executor; {@link CallbackThreads#shared the default executor} has 64 threads.
 */
@FunctionalInterface
public interface StreamListener {
    /**
     * Processes the next batch, which is never empty. The batch after that is not read until this method has returned.
     * Store {@link Batch#nextOffset()} together with the result of the batch, so that a restart neither loses nor
     * repeats data.
     *
     * <p>If this method throws, the listening ends and the exception is passed to {@link #onError}. The batch counts as
     * not processed: {@link Listening#resume} delivers it again.
     *
     * @param batch the data that directly follows the previous batch
     */
    void onData(Batch batch);

    /**
     * The status of the listening has changed. An exception that this method, {@link #onComplete} or {@link #onError}
     * throws is logged and otherwise ignored.
     *
     * @param status the new status
     */
    default void onStatus(Listening.Status status) {}

    /**
     * The stream is closed and all of its data has been delivered. No call follows, unless the listening is resumed.
     *
     * @param offset where the stream ends
     */
    default void onComplete(String offset) {}

    /**
     * The data to read next no longer exists: retention has dropped it, or another stream has replaced this one at the
     * path.
     *
     * @param gone contains the earliest offset that can be read, which is null if another stream has the path
     * @return where to continue, such as {@code From.offset(gone.earliestOffset())} if that is not null; null to end
     *     the listening, which is the default. If the offset that could not be read is returned again, the listening
     *     ends with an error.
     */
    default @Nullable From onGone(OffsetGone gone) {
        LoggerFactory.getLogger(StreamListener.class)
                .warn("a listener has ended, because the data to read next no longer exists", gone);
        return null;
    }

    /**
     * The listening has ended with an error that a retry would not resolve. No call follows, unless the listening is
     * resumed.
     *
     * @param failure a {@link io.streamkeeper.client.api.StreamException}, for example because the stream no longer
     *     exists; or what {@link #onData} or {@link #onGone} threw. The default implementation logs it, unless the
     *     server is shutting down.
     */
    default void onError(Throwable failure) {
        boolean closed =
                failure instanceof StreamException refused && refused.code().equals(ErrorCode.SHUTTING_DOWN.code());
        if (!closed) {
            LoggerFactory.getLogger(StreamListener.class).warn("a listener has ended", failure);
        }
    }
}
