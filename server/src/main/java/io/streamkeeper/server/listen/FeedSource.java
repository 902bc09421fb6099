package io.streamkeeper.server.listen;

import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;

/** Streams that are followed by way of feeds. Immutable; safe for use by any thread. */
public final class FeedSource implements StreamSource {
    private final Function<String, Feed> feeds;
    private final Executor executor;

    /**
     * A source of its own.
     *
     * @param feeds makes a feed of the stream at a path
     * @param executor on which listeners and subscribers are told
     */
    public FeedSource(Function<String, Feed> feeds, Executor executor) {
        this.feeds = feeds;
        this.executor = executor;
    }

    @Override
    public Listening listen(String path, From from, StreamListener listener) {
        Follower follower = new Follower(path, from, () -> feeds.apply(path), listener, executor, Long.MAX_VALUE);
        follower.resume();
        return follower;
    }

    @Override
    public Flow.Publisher<Batch> publisher(String path, From from) {
        return new BatchPublisher(path, from, () -> feeds.apply(path), executor);
    }
}
