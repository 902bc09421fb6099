package io.streamkeeper.server;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import io.streamkeeper.server.api.StreamException;
import io.streamkeeper.server.api.StreamMetadata;
import io.streamkeeper.server.listen.Feed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a stream of this process on: what is there, or the next append. Owned by the follower that pulls at it. */
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
    public CompletableFuture<StreamMetadata> open() {
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
