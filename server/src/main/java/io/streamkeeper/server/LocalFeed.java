package io.streamkeeper.server;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.listen.Feed;
import io.streamkeeper.protocol.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a stream of this process: stored data, or the next append. Owned by the follower that pulls from it. */
final class LocalFeed implements Feed {
    private static final Duration WAIT = Duration.ofMinutes(1);

    private final DurableStreams streams;
    private final String path;
    private @Nullable CompletableFuture<Batch> reading;

    LocalFeed(DurableStreams streams, String path) {
        this.streams = streams;
        this.path = path;
    }

    @Override
    public CompletableFuture<StreamMetadata> open(From from) {
        return streams.metadata(path);
    }

    @Override
    public CompletableFuture<Batch> next(From from) {
        CompletableFuture<Batch> next = streams.tail(path, from, WAIT);
        reading = next;
        return next;
    }

    @Override
    public boolean isPassing(StreamException failure) {
        return failure.code().equals(ErrorCode.OVERLOADED.code());
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.cancel(false);
        }
    }
}
