package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import io.streamkeeper.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Receives a stream that is followed. It is called on threads of the source's executor, one call at a time, in the
 * order of the stream; a call may take as long as it needs. A call that blocks occupies a thread of the executor, of
 * which {@link CallbackThreads#shared the default} has 64.
 */
@FunctionalInterface
public interface StreamListener {
    /**
     * Processes the next batch, which is never empty. The batch after it is read when this has returned. Store {@link
     * Batch#nextOffset()} together with the result of the batch, and nothing is lost or doubled over a restart.
     *
     * <p>What it throws ends the listening before this batch, and is passed to {@link #onError}.
     *
     * @param batch what follows the one before it
     */
    void onData(Batch batch);

    /**
     * The listening has another status now. What this and the two last calls throw is logged.
     *
     * @param status the new one
     */
    default void onStatus(Listening.Status status) {}

    /**
     * The stream is closed, and all of it was delivered: the last call.
     *
     * @param offset where the stream ends
     */
    default void onComplete(String offset) {}

    /**
     * The next data has been dropped: retention has overtaken this listener, or another stream has taken the path.
     *
     * @param gone has the earliest offset that can be read; null where another stream has taken the path
     * @return where to continue, such as {@code From.offset(gone.earliestOffset())}; null to end here, which is the
     *     default. The same place again ends it with an error.
     */
    default @Nullable From onGone(OffsetGone gone) {
        LoggerFactory.getLogger(StreamListener.class)
                .warn("a listener has ended, because the data that it would receive next has been dropped", gone);
        return null;
    }

    /**
     * The listening has ended, because waiting does not help: the last call.
     *
     * @param failure a {@link io.streamkeeper.client.api.StreamException}, as when there is no such stream any more; or
     *     what {@link #onData} threw. Where this is not overridden it is logged, unless the streams were closed.
     */
    default void onError(Throwable failure) {
        boolean closed =
                failure instanceof StreamException refused && refused.code().equals(ErrorCode.SHUTTING_DOWN.code());
        if (!closed) {
            LoggerFactory.getLogger(StreamListener.class).warn("a listener has ended", failure);
        }
    }
}
