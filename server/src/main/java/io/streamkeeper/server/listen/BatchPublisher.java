package io.streamkeeper.server.listen;

import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import io.streamkeeper.server.api.StreamException.OffsetGone;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A stream as a publisher of its batches; each subscriber has a {@link Follower} of its own. Safe for use by any thread. */
final class BatchPublisher implements Flow.Publisher<Batch> {
    private final String path;
    private final From from;
    private final Supplier<Feed> feeds;
    private final Executor executor;

    BatchPublisher(String path, From from, Supplier<Feed> feeds, Executor executor) {
        this.path = path;
        this.from = from;
        this.feeds = feeds;
        this.executor = executor;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Batch> subscriber) {
        Forwarding listener = new Forwarding(subscriber);
        Follower follower = new Follower(path, from, feeds, listener, executor, 0);
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long batches) {
                if (batches > 0) {
                    follower.request(batches);
                } else {
                    follower.stop()
                            .thenRun(() -> listener.onError(new IllegalArgumentException(
                                    "request(" + batches + "); expected more than 0 batches")));
                }
            }

            @Override
            public void cancel() {
                listener.cancelled = true;
                follower.stop();
            }
        });
        follower.resume();
    }

    /** Tells a subscriber what a listener is told; nothing behind its end, or soon after it has cancelled. */
    private static final class Forwarding implements StreamListener {
        private final Flow.Subscriber<? super Batch> subscriber;
        private volatile boolean cancelled;

        Forwarding(Flow.Subscriber<? super Batch> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void onData(Batch batch) {
            if (!cancelled) {
                subscriber.onNext(batch);
            }
        }

        @Override
        public void onComplete(String offset) {
            if (end()) {
                subscriber.onComplete();
            }
        }

        @Override
        public @Nullable From onGone(OffsetGone gone) {
            onError(gone);
            return null;
        }

        @Override
        public void onError(Throwable failure) {
            if (end()) {
                subscriber.onError(failure);
            }
        }

        private boolean end() {
            boolean first = !cancelled;
            cancelled = true;
            return first;
        }
    }
}
