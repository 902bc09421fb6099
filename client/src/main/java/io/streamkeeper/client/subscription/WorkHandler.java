package io.streamkeeper.client.subscription;

import io.streamkeeper.client.api.Batch;
import org.slf4j.LoggerFactory;

/** Processes the work of a {@link PullWakeWorker}, whose thread calls it. */
@FunctionalInterface
public interface WorkHandler {
    /**
     * Processes the next data of a stream, which is never empty. When it returns, the data counts as processed, and is
     * acknowledged within a second. While it runs, the lease is extended.
     *
     * <p>A worker that is killed is followed by another one, which gets what was not acknowledged: a part of the same data
     * again. {@link Work#generation} is greater then.
     *
     * @param work what the data is a part of
     * @param batch the data
     * @throws Exception if the data is not processed: the work is given back, and comes again
     */
    void onData(Work work, Batch batch) throws Exception;

    /**
     * Something has failed, and the worker tries again after a pause. The default implementation logs it.
     *
     * @param failure what {@link #onData} has thrown, or a {@link io.streamkeeper.client.api.StreamException}
     */
    default void onFailure(Throwable failure) {
        LoggerFactory.getLogger(WorkHandler.class)
                .warn("the work of a subscription has failed; it is tried again", failure);
    }

    /**
     * The worker has ended with an error that a repetition would not resolve: the subscription does not exist, is of another
     * type, or may not be used. The default implementation logs it.
     *
     * @param failure a {@link io.streamkeeper.client.api.StreamException}, or an unexpected exception
     */
    default void onEnd(Throwable failure) {
        LoggerFactory.getLogger(WorkHandler.class).error("the worker of a subscription has ended", failure);
    }
}
