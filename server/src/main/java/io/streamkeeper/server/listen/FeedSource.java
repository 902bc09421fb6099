package io.streamkeeper.server.listen;

import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;

/** Streams that are followed by way of feeds. Immutable; safe for use by any thread. */
public final class FeedSource implements StreamSource {
    private final Function<String, Supplier<Feed>> feeds;
    private final Executor executor;

    /**
     * A source of its own.
     *
     * @param feeds for the stream at a path, what makes a feed of it for each try of a listening
     * @param executor on which listeners and subscribers are told
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
