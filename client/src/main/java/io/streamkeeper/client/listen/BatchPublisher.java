package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException.OffsetGone;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream as a publisher of its batches. Each subscriber has its own {@link Follower}, on whose serial executor all
 * its methods are called, including {@code onSubscribe}. Safe for use by any thread.
 */
final class BatchPublisher implements Flow.Publisher<Batch> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchPublisher.class);

    private final String path;
    private final From from;
    private final Supplier<Feed> feeds;
    private final Executor executor;

    BatchPublisher(String path, From from, Supplier<Feed> feeds, Executor executor) {
        this.path = Objects.requireNonNull(path, "path");
        this.from = Objects.requireNonNull(from, "from");
        this.feeds = feeds;
        this.executor = executor;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Batch> subscriber) {
        Forwarding listener = new Forwarding(Objects.requireNonNull(subscriber, "subscriber"), path);
        Follower follower = new Follower(path, from, feeds, listener, executor, 0);
        follower.resumeIf(() -> listener.begin(new Demand(follower, listener)));
    }

    /** The demand of a subscriber, passed to its follower. */
    private record Demand(Follower follower, Forwarding listener) implements Flow.Subscription {
        @Override
        public void request(long batches) {
            if (batches > 0) {
                follower.request(batches);
            } else {
                follower.abort(new IllegalArgumentException("request(" + batches + "); expected more than 0 batches"));
            }
        }

        @Override
        public void cancel() {
            listener.forget();
            follower.stop();
        }
    }

    /**
     * Forwards the calls of a listener to a subscriber, until the subscription ends or shortly after it is cancelled.
     */
    private static final class Forwarding implements StreamListener {
        private final String path;

        /** Null when it must not be called again; the garbage collector can then reclaim it. */
        private volatile Flow.@Nullable Subscriber<? super Batch> subscriber;

        Forwarding(Flow.Subscriber<? super Batch> subscriber, String path) {
            this.subscriber = subscriber;
            this.path = path;
        }

        /** Returns whether the subscriber is still subscribed. */
        boolean begin(Flow.Subscription subscription) {
            Flow.Subscriber<? super Batch> target = subscriber;
            if (target != null) {
                try {
                    target.onSubscribe(subscription);
                } catch (Throwable e) {
                    failed(e);
                }
            }
            return subscriber != null;
        }

        @Override
        public void onData(Batch batch) {
            Flow.Subscriber<? super Batch> target = subscriber;
            if (target != null) {
                try {
                    target.onNext(batch);
                } catch (Throwable e) {
                    failed(e);
                    throw e;
                }
            }
        }

        /** A subscriber that throws counts as one that has cancelled (Reactive Streams, rule 2.13). */
        private void failed(Throwable failure) {
            LOG.warn("a subscriber of stream {} failed", path, failure);
            forget();
        }

        @Override
        public void onComplete(String offset) {
            Flow.Subscriber<? super Batch> target = forget();
            if (target != null) {
                target.onComplete();
            }
        }

        @Override
        public @Nullable From onGone(OffsetGone gone) {
            onError(gone);
            return null;
        }

        @Override
        public void onError(Throwable failure) {
            Flow.Subscriber<? super Batch> target = forget();
            if (target != null) {
                target.onError(failure);
            }
        }

        private Flow.@Nullable Subscriber<? super Batch> forget() {
            Flow.Subscriber<? super Batch> forgotten = subscriber;
            subscriber = null;
            return forgotten;
        }
    }
}
