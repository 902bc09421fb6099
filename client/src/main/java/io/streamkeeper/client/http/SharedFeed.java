package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.listen.Feed;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream over a connection that it shares with others. A second reader of the same stream has a connection of
 * its own, and each stream has one if the events of many do not arrive. Its state belongs to the lock of the connection;
 * futures are completed outside of it.
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
    private volatile @Nullable HttpFeed alone;
    private volatile boolean isSeparated;

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
        position = from;
        if (mayBeListed() && connection.open(this)) {
            return opened;
        }
        HttpFeed other = new HttpFeed(stream);
        alone = other;
        return other.open(from);
    }

    /** Whether a list may have this stream; one that is not valid would be refused with all others. */
    private boolean mayBeListed() {
        try {
            ReadStart.parse(position.offset());
            return !StreamPath.of(path).isReserved();
        } catch (RefusedException e) {
            return false;
        }
    }

    @Override
    public CompletableFuture<Batch> next(From from) {
        HttpFeed other = alone;
        if (other == null) {
            return connection.next(this);
        }
        CompletableFuture<Batch> next = other.next(from);
        return isSeparated ? next.whenComplete(this::arrivedAlone) : next;
    }

    private void arrivedAlone(@Nullable Batch batch, @Nullable Throwable thrown) {
        if (thrown == null) {
            isSeparated = false;
            connection.isOfNoUse();
        }
    }

    @Override
    public boolean isPassing(StreamException thrown) {
        return thrown instanceof StreamException.Unavailable;
    }

    @Override
    public void close() {
        connection.close(this);
        HttpFeed other = alone;
        if (other != null) {
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
                    type.value(),
                    next,
                    ReadStart.BEGINNING,
                    event.isClosed(),
                    Expiry.never(),
                    Retention.none(),
                    null,
                    null);
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

    /**
     * Continues on a connection of its own, because events do not arrive over the shared one; returns what is to be done
     * outside the lock.
     *
     * @param failure ends it if the stream was found already: the next attempt has a connection of its own
     */
    Runnable separate(Throwable failure) {
        if (opened.isDone()) {
            return fail(failure);
        }
        HttpFeed other = new HttpFeed(stream);
        isSeparated = true;
        alone = other;
        return () -> other.open(position).whenComplete((metadata, thrown) -> {
            if (thrown == null) {
                opened.complete(metadata);
            } else {
                opened.completeExceptionally(thrown);
            }
        });
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
