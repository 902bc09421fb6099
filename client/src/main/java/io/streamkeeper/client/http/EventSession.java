package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import io.streamkeeper.protocol.ContentType;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * One response of server-sent events (section 5.8), read one batch at a time. It requests bytes from the connection
 * only while a batch is wanted, so for a slow listener, the client holds the bytes of one read of the socket, and the
 * server keeps the rest.
 *
 * <p>Safe for use by any thread: the feed requests batches, and the HTTP client delivers bytes. It completes futures
 * and requests bytes outside its lock.
 */
final class EventSession extends PendingResponse {
    /**
     * Statuses that may mean that the server or a proxy does not serve events, rather than that it refuses the stream.
     */
    private static final Set<Integer> NO_EVENTS = Set.of(400, 406, 501);

    private final ContentType type;
    private final String request;
    private final int bytesMax;
    private final Runnable received;
    private final EventParser parser;
    private final AnswerBody refusal;
    private final Queue<ByteBuffer> unread = new ArrayDeque<>();
    private BatchAssembler batches;
    private Flow.@Nullable Subscription body;
    private @Nullable CompletableFuture<@Nullable Batch> wanted;
    private @Nullable Throwable failure;
    private boolean isAwaiting;
    private boolean hasBegun;
    private boolean hasDelivered;
    private boolean hasEnded;

    /** Events do not reach this client; the response to a long-poll may. */
    static final class NoEventsException extends Exception {
        private static final long serialVersionUID = 1L;

        NoEventsException(String message) {
            super(message);
        }
    }

    /**
     * Creates a session whose response has not begun yet.
     *
     * @param type the stream's content type
     * @param request the request, such as {@code GET http://…}, for messages
     * @param bytesMax the largest batch in bytes
     * @param received runs whenever bytes arrive
     */
    EventSession(ContentType type, String request, int bytesMax, Runnable received) {
        this.type = type;
        this.request = request;
        this.bytesMax = bytesMax;
        this.received = received;
        this.parser = new EventParser(bytesMax);
        this.refusal = new AnswerBody(bytesMax, received);
        this.batches = new BatchAssembler(type, false, bytesMax);
    }

    // ---- called by the feed ----

    /**
     * Returns the next batch, or null when the server has ended the session; one call at a time. Fails with {@link
     * NoEventsException} if the response does not consist of events, with the {@link StreamException} of a refusal,
     * with {@link StreamException.Invalid} if the response violates the protocol or is too large, and with the
     * exception passed to {@link #fail}.
     */
    CompletableFuture<@Nullable Batch> next() {
        CompletableFuture<@Nullable Batch> next = new CompletableFuture<>();
        synchronized (this) {
            wanted = next;
        }
        advance();
        return next;
    }

    /** Whether any byte of events has arrived. */
    synchronized boolean hasBegun() {
        return hasBegun;
    }

    /** Whether a batch has been delivered. */
    synchronized boolean hasDelivered() {
        return hasDelivered;
    }

    /** The cursor that the next session has to echo, or null. */
    synchronized @Nullable String cursor() {
        return batches.cursor();
    }

    @Override
    void cancel() {
        synchronized (this) {
            unread.clear();
            wanted = null;
        }
        refusal.cancel();
        super.cancel();
    }

    // ---- called by the HTTP client ----

    @Override
    BodySubscriber<Void> begin(ResponseInfo response) {
        int status = response.statusCode();
        String answerType = response.headers().firstValue("Content-Type").orElse("");
        boolean isSuccess = status >= 200 && status < 300;
        if (isSuccess && answerType.toLowerCase(Locale.ROOT).startsWith("text/event-stream")) {
            boolean isBase64 = response.headers()
                    .firstValue("Stream-SSE-Data-Encoding")
                    .filter("base64"::equalsIgnoreCase)
                    .isPresent();
            synchronized (this) {
                batches = new BatchAssembler(type, isBase64, bytesMax);
            }
            return this;
        }
        if (isSuccess || NO_EVENTS.contains(status)) {
            fail(new NoEventsException(request + " was answered " + status + " " + answerType));
            return BodySubscribers.discarding();
        }
        refusal.answer()
                .whenComplete((answer, thrown) -> fail(thrown == null ? answer.failure(request, null) : thrown));
        return refusal.begin(response);
    }

    @Override
    void begun(Flow.Subscription begunBody) {
        synchronized (this) {
            body = begunBody;
        }
        advance();
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        received.run();
        synchronized (this) {
            isAwaiting = false;
            hasBegun = true;
            unread.addAll(buffers);
        }
        advance();
    }

    @Override
    public void onComplete() {
        synchronized (this) {
            hasEnded = true;
        }
        advance();
    }

    /** Fails the session after the data that has already arrived is delivered. */
    @Override
    void fail(Throwable thrown) {
        synchronized (this) {
            if (failure == null && !hasEnded) {
                failure = thrown;
            }
        }
        advance();
    }

    // ---- both ----

    private void advance() {
        Runnable step = step();
        if (step != null) {
            step.run();
        }
    }

    /** Returns the next action, to be run outside the lock; null if there is none. */
    private synchronized @Nullable Runnable step() {
        CompletableFuture<@Nullable Batch> next = wanted;
        if (next == null) {
            return null;
        }
        Batch batch = read();
        if (batch != null) {
            wanted = null;
            hasDelivered = true;
            return () -> next.complete(batch);
        }
        Throwable thrown = failure;
        if (thrown != null) {
            wanted = null;
            return () -> next.completeExceptionally(thrown);
        }
        if (hasEnded) {
            wanted = null;
            return () -> next.complete(null);
        }
        Flow.Subscription source = body;
        if (source == null || isAwaiting) {
            return null;
        }
        isAwaiting = true;
        return () -> source.request(1);
    }

    private @Nullable Batch read() {
        try {
            for (ByteBuffer first = unread.peek(); first != null; first = unread.peek()) {
                Event event = parser.parse(first);
                if (!first.hasRemaining()) {
                    unread.remove();
                }
                Batch batch = event == null ? null : batches.take(event);
                if (batch != null) {
                    return batch;
                }
            }
        } catch (StreamException e) {
            unread.clear();
            failure = e;
        }
        return null;
    }
}
