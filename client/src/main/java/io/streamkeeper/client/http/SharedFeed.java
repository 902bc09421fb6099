package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.listen.Feed;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream over a connection that it shares with others. A second reader of the same stream has a connection of
 * its own. Its state belongs to the lock of the connection; futures are completed outside of it.
 */
final class SharedFeed implements Feed {
    private final SharedConnection connection;
    private final RemoteStream stream;
    private final String path;
    private final CompletableFuture<StreamMetadata> opened = new CompletableFuture<>();
    private @Nullable CompletableFuture<Batch> wanted;

    /** The batch that nobody wants yet; the connection is not read on meanwhile. */
    private @Nullable Batch held;

    private @Nullable Throwable failure;
    private ContentType type = ContentType.OCTET_STREAM;
    private boolean isBase64;
    private From position = From.beginning();
    private @Nullable HttpFeed alone;

    SharedFeed(SharedConnection connection, RemoteStream stream, String path) {
        this.connection = connection;
        this.stream = stream;
        this.path = path;
    }

    String path() {
        return path;
    }

    /** Where the stream is to be read, if it is read again. */
    From position() {
        return position;
    }

    // ---- called by the follower ----

    @Override
    public CompletableFuture<StreamMetadata> open(From from) {
        try {
            if (StreamPath.of(path).isReserved()) {
                throw new RefusedException(ErrorCode.INVALID_PATH, "stream path " + Quoted.of(path) + " is reserved");
            }
            ReadStart.parse(from.offset());
        } catch (RefusedException e) {
            return CompletableFuture.failedFuture(StreamException.of(e.refusal()));
        }
        position = from;
        if (connection.open(this)) {
            return opened;
        }
        HttpFeed other = new HttpFeed(stream);
        alone = other;
        return other.open(from);
    }

    @Override
    public CompletableFuture<Batch> next(From from) {
        HttpFeed other = alone;
        return other == null ? connection.next(this) : other.next(from);
    }

    @Override
    public boolean isPassing(StreamException thrown) {
        return thrown instanceof StreamException.Unavailable;
    }

    @Override
    public void close() {
        HttpFeed other = alone;
        if (other == null) {
            connection.close(this);
        } else {
            other.close();
        }
    }

    // ---- called by the connection, with its lock ----

    /** The next batch: one that has arrived, or else when it does. */
    CompletableFuture<Batch> want() {
        Batch batch = held;
        if (batch != null) {
            held = null;
            return CompletableFuture.completedFuture(batch);
        }
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        CompletableFuture<Batch> next = new CompletableFuture<>();
        wanted = next;
        return next;
    }

    boolean holds() {
        return held != null;
    }

    /** Takes an event; returns what is to be done outside the lock. */
    Runnable take(StreamEvent event) {
        StreamException thrown = event.failure();
        if (thrown != null) {
            return fail(thrown);
        }
        String next = event.nextOffset();
        String text = event.control().get("contentType");
        Runnable found = () -> {};
        if (text != null && next != null && !opened.isDone()) {
            type = parsed(text);
            isBase64 = "base64".equals(event.control().get("dataEncoding"));
            position = From.offset(next);
            StreamMetadata metadata = new StreamMetadata(
                    type.value(), next, ReadStart.BEGINNING, event.isClosed(), Expiry.never(), Retention.none(), null);
            found = () -> opened.complete(metadata);
        }
        Runnable delivered =
                next != null && (event.data() != null || event.isClosed()) ? deliver(batch(event, next)) : () -> {};
        Runnable first = found;
        return () -> {
            first.run();
            delivered.run();
        };
    }

    private static ContentType parsed(String text) {
        try {
            return ContentType.parse(text);
        } catch (RefusedException e) {
            return ContentType.OCTET_STREAM;
        }
    }

    private Batch batch(StreamEvent event, String next) {
        byte[] data = event.data() == null ? new byte[0] : event.data().data();
        byte[] bytes = isBase64 ? BatchAssembler.decoded(data) : data;
        return new Batch(type, type.isJson() ? JsonArrays.join(List.of(bytes)) : bytes, next, false, event.isClosed());
    }

    private Runnable deliver(Batch batch) {
        position = From.offset(batch.nextOffset());
        CompletableFuture<Batch> waiting = wanted;
        if (waiting == null) {
            held = batch;
            return () -> {};
        }
        wanted = null;
        return () -> waiting.complete(batch);
    }

    /** Nothing more arrives; returns what is to be done outside the lock. */
    Runnable fail(Throwable thrown) {
        failure = thrown;
        CompletableFuture<Batch> waiting = wanted;
        wanted = null;
        return () -> {
            opened.completeExceptionally(thrown);
            if (waiting != null) {
                waiting.completeExceptionally(thrown);
            }
        };
    }
}
