package io.streamkeeper.client.listen;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;

/** Streams that are followed through feeds. Immutable; safe for use by any thread. */
public final class FeedSource implements StreamSource {
    private final Function<String, Supplier<Feed>> feeds;
    private final Executor executor;

    /**
     * Creates a source.
     *
     * @param feeds returns for a path the supplier that creates a feed of its stream for each attempt
     * @param executor calls listeners and subscribers
     */
    public FeedSource(Function<String, Supplier<Feed>> feeds, Executor executor) {
        this.feeds = feeds;
        this.executor = executor;
    }

    @Override
    public Listening listen(String path, From from, StreamListener listener) {
        Follower follower = new Follower(path, from, feeds.apply(path), listener, executor, Long.MAX_VALUE);
        follower.resume();
        return follower;
    }

    @Override
    public Flow.Publisher<Batch> publisher(String path, From from) {
        return new BatchPublisher(path, from, feeds.apply(path), executor);
    }
}
