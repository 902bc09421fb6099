package io.streamkeeper.client.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.recording.Recorder;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A feed whose test completes its calls, and which counts them. */
final class FakeFeed implements Feed {
    final CompletableFuture<StreamMetadata> opened = new CompletableFuture<>();
    final List<From> places = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Batch>> asked = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    static Batch batch(String text, String nextOffset) {
        return new Batch(
                ContentType.parse("text/plain"), text.getBytes(StandardCharsets.UTF_8), nextOffset, true, false);
    }

    static Batch last(String text, String nextOffset) {
        return new Batch(
                ContentType.parse("text/plain"), text.getBytes(StandardCharsets.UTF_8), nextOffset, true, true);
    }

    /** A failure after which another try may help. */
    static StreamException passing() {
        return new StreamException.Unavailable("overloaded", 503, "too much at once, on purpose", null);
    }

    @Override
    public CompletableFuture<StreamMetadata> open(From from) {
        return opened;
    }

    @Override
    public CompletableFuture<Batch> next(From from) {
        assertThat(asked.stream().allMatch(CompletableFuture::isDone))
                .as("one call at a time")
                .isTrue();
        CompletableFuture<Batch> next = new CompletableFuture<>();
        places.add(from);
        asked.add(next);
        return next;
    }

    @Override
    public boolean isPassing(StreamException failure) {
        return failure instanceof StreamException.Unavailable;
    }

    @Override
    public void close() {
        closed = true;
    }

    // ---- the test's side ----

    FakeFeed found() {
        opened.complete(new StreamMetadata(
                "text/plain", "tail", "earliest", false, Expiry.never(), Retention.none(), null, null));
        return this;
    }

    /** The call that waits for its answer; waits for such a call. */
    CompletableFuture<Batch> awaitNext() {
        Recorder.eventually(() -> assertThat(asked)
                .isNotEmpty()
                .last()
                .satisfies(last -> assertThat(last).isNotDone()));
        return asked.get(asked.size() - 1);
    }

    /** How many batches were requested. */
    int askedCount() {
        return asked.size();
    }
}
