package io.streamkeeper.server.listen;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import io.streamkeeper.server.api.StreamException;
import io.streamkeeper.server.api.StreamException.OffsetGone;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Is told of a stream that is followed. One call at a time, in the order of the stream, on threads of the source's
 * executor; a call may take as long as it wants. One that blocks takes a thread of the executor meanwhile, of which {@link
 * CallbackThreads#shared the default} has 64.
 */
@FunctionalInterface
public interface StreamListener {
    /**
     * Takes what came next; never empty. The next batch is read when this has returned. Keep {@link Batch#nextOffset()}
     * together with what is made of the batch, and nothing is lost or doubled over a restart.
     *
     * <p>What it throws ends the listening before this batch, and is told to {@link #onError}.
     *
     * @param batch what follows the one before it
     */
    void onData(Batch batch);

    /**
     * The listening has another status now. What this and the last calls throw is logged.
     *
     * @param status the new one
     */
    default void onStatus(Listening.Status status) {}

    /**
     * The stream is closed, and all of it was told: the last call.
     *
     * @param offset where the stream ends
     */
    default void onComplete(String offset) {}

    /**
     * What would come next is no longer there: retention has overtaken this listener, or another stream has taken the path.
     *
     * @param gone tells the earliest offset that can be read; null where another stream has taken the path
     * @return where to go on, such as {@code From.offset(gone.earliestOffset())}; null to end here, which is the default. The
     *     place that is gone, once more, ends it with an error.
     */
    default @Nullable From onGone(OffsetGone gone) {
        LoggerFactory.getLogger(StreamListener.class)
                .warn("a listener has ended, because what it would be told next is gone", gone);
        return null;
    }

    /**
     * The listening has ended, because waiting does not help: the last call.
     *
     * @param failure a {@link io.streamkeeper.server.api.StreamException}, as when there is no such stream any more; or what
     *     {@link #onData} threw. Where this is not overridden it is logged, unless the streams were closed.
     */
    default void onError(Throwable failure) {
        boolean closed = failure instanceof StreamException told && told.code().equals(ErrorCode.SHUTTING_DOWN.code());
        if (!closed) {
            LoggerFactory.getLogger(StreamListener.class).warn("a listener has ended", failure);
        }
    }
}
