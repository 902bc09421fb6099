package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.http.EventResponse.NoEventsException;
import io.streamkeeper.client.listen.Feed;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a stream of a server over HTTP. JSON messages and bytes arrive as server-sent events (section 5.8), in
 * successive sessions, each of which the server ends after some time; or by long-poll (section 5.7) if events do not
 * arrive, because the server or a proxy refuses them, responds with something else, or holds them back. Once a
 * long-poll has succeeded after events failed, the listening continues with long-polls.
 *
 * <p>Streams of text are always followed by long-poll: events cannot carry a CR, so they would not deliver the appended
 * bytes. In a JSON message, a CR can only be white space between tokens, where events deliver an LF instead.
 *
 * <p>A follower pulls from it, one call at a time; continuations run on threads of the HTTP client and do not block.
 * {@link #close} may be called at any moment.
 */
final class HttpFeed implements Feed {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFeed.class);

    /** The error code if no response arrived, or a response broke off. */
    static final String UNREACHABLE = "unreachable";

    /**
     * If a server answers a long-poll without data sooner than this, it has not waited; the feed then waits instead.
     */
    private static final long POLL_MILLIS_MIN = 250;

    private final RemoteStream stream;
    private final RemoteSettings settings;
    private final Silence silence;
    private ContentType type = ContentType.OCTET_STREAM;
    private boolean polls;
    private boolean hasEvents;
    private @Nullable EventSession session;
    private @Nullable String cursor;
    private @Nullable PendingResponse underWay;
    private boolean closed;

    HttpFeed(RemoteStream stream) {
        this.stream = stream;
        this.settings = stream.settings();
        this.silence = new Silence(settings.silenceMax());
    }

    @Override
    public boolean isPassing(StreamException failure) {
        return failure instanceof StreamException.Unavailable;
    }

    // ---- finding the stream ----

    @Override
    public CompletableFuture<StreamMetadata> open(From from) {
        try {
            HttpRequest request = stream.head();
            return ask(request).thenApply(answer -> found(request, answer));
        } catch (RefusedException e) {
            return CompletableFuture.failedFuture(StreamException.of(e.refusal()));
        }
    }

    private StreamMetadata found(HttpRequest request, Answer answer) {
        if (!answer.isSuccess()) {
            boolean isGone = answer.status() == ErrorCode.STREAM_DELETED.status();
            throw answer.failure(text(request), isGone ? ErrorCode.STREAM_DELETED.code() : null);
        }
        type = answer.contentType(ContentType.OCTET_STREAM);
        polls = stream.isPolled() || (type.isText() && !type.isJson());
        return answer.metadata();
    }

    // ---- reading ----

    @Override
    public CompletableFuture<Batch> next(From from) {
        return polls ? poll(from) : readEvents(from);
    }

    private CompletableFuture<Batch> readEvents(From from) {
        EventSession current = session;
        EventSession reading = current == null ? begin(from) : current;
        session = reading;
        boolean hadEvents = hasEvents;
        Duration first = hadEvents ? settings.silenceMax() : settings.firstEventMax();
        silence.begin(first, () -> reading.fail(hadEvents || reading.hasBegun() ? silent() : heldBack()));
        return reading.next()
                .handle((batch, failure) -> goOn(from, reading, batch, failure))
                .thenCompose(Function.identity());
    }

    private EventSession begin(From from) {
        HttpRequest request = stream.events(from, cursor);
        EventSession begun = new EventSession(type, text(request), settings.answerBytesMax(), silence::received);
        send(begun, request);
        return begun;
    }

    private CompletableFuture<Batch> goOn(
            From from, EventSession reading, @Nullable Batch batch, @Nullable Throwable failure) {
        silence.end();
        if (failure instanceof NoEventsException noEvents) {
            return pollInstead(from, noEvents);
        }
        if (failure != null) {
            return CompletableFuture.failedFuture(explained(failure));
        }
        if (batch != null) {
            hasEvents = true;
            return CompletableFuture.completedFuture(batch);
        }
        session = null;
        cursor = reading.cursor();
        return reading.hasDelivered()
                ? readEvents(from)
                : pollInstead(from, new NoEventsException("the session ended before its first event"));
    }

    private CompletableFuture<Batch> pollInstead(From from, NoEventsException reason) {
        LOG.debug("{} is followed by long-poll: {}", stream, reason.getMessage());
        PendingResponse left = session;
        session = null;
        if (left != null) {
            left.cancel();
        }
        polls = true;
        return poll(from);
    }

    private CompletableFuture<Batch> poll(From from) {
        long begunNanos = System.nanoTime();
        HttpRequest request = stream.poll(from, cursor);
        return ask(request).thenCompose(answer -> {
            if (!answer.isSuccess()) {
                throw answer.failure(text(request), null);
            }
            Batch batch = answer.batch(from, type);
            if (!type.isText() || type.isJson()) {
                stream.pollFromNowOn();
            }
            String newCursor = answer.field("Stream-Cursor");
            cursor = newCursor == null ? cursor : newCursor;
            return paced(from, batch, begunNanos);
        });
    }

    /** Delays the batch if the server did not wait for data, so that it does not receive requests without a pause. */
    private static CompletableFuture<Batch> paced(From from, Batch batch, long begunNanos) {
        long restMillis = POLL_MILLIS_MIN - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        boolean hasWaited =
                restMillis <= 0 || batch.closed() || !batch.nextOffset().equals(from.offset());
        return hasWaited
                ? CompletableFuture.completedFuture(batch)
                : new CompletableFuture<Batch>().completeOnTimeout(batch, restMillis, TimeUnit.MILLISECONDS);
    }

    // ---- requests ----

    /** Sends a request that the server answers at once, or after its long-poll timeout. */
    private CompletableFuture<Answer> ask(HttpRequest request) {
        AnswerBody body = new AnswerBody(settings.answerBytesMax(), silence::received);
        silence.begin(settings.silenceMax(), () -> body.fail(silent()));
        send(body, request);
        return body.answer().handle((answer, failure) -> {
            silence.end();
            if (failure != null) {
                throw explained(failure);
            }
            return answer;
        });
    }

    private void send(PendingResponse response, HttpRequest request) {
        synchronized (this) {
            underWay = response;
            if (closed) {
                response.cancel();
            }
        }
        response.send(settings.client(), request);
    }

    private static String text(HttpRequest request) {
        return request.method() + " " + request.uri();
    }

    private StreamException silent() {
        return new StreamException.Unavailable(
                UNREACHABLE, 0, "nothing was received from " + stream + " for " + settings.silenceMax(), null);
    }

    private NoEventsException heldBack() {
        return new NoEventsException("no event arrived within " + settings.firstEventMax());
    }

    private RuntimeException explained(Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof IOException) {
            return new StreamException.Unavailable(UNREACHABLE, 0, stream + " cannot be reached: " + failure, failure);
        }
        return failure instanceof RuntimeException other ? other : new IllegalStateException(failure);
    }

    @Override
    public void close() {
        PendingResponse left;
        synchronized (this) {
            closed = true;
            left = underWay;
        }
        silence.close();
        if (left != null) {
            left.cancel();
        }
    }
}
