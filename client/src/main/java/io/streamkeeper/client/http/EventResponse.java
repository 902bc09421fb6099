package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventParser.Event;
import java.net.http.HttpHeaders;
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
 * One response of server-sent events (section 5.8), read one part at a time. It requests bytes from the connection only
 * while a part is wanted, so for a slow listener, the client holds the bytes of one read of the socket, and the server
 * keeps the rest.
 *
 * <p>Safe for use by any thread: the reader requests parts, and the HTTP client delivers bytes. It completes futures
 * and requests bytes outside its lock.
 *
 * @param <T> a part, which consists of one or several events
 */
abstract class EventResponse<T> extends PendingResponse {
    /**
     * Statuses that may mean that the server or a proxy does not serve events, rather than that it refuses the stream.
     */
    private static final Set<Integer> NO_EVENTS = Set.of(400, 406, 501);

    private final String request;
    private final Runnable received;
    private final EventParser parser;
    private final AnswerBody refusal;
    private final Queue<ByteBuffer> unread = new ArrayDeque<>();
    private Flow.@Nullable Subscription body;
    private @Nullable CompletableFuture<@Nullable T> wanted;
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
     * Creates a response that has not begun yet.
     *
     * @param request the request, such as {@code GET http://…}, for messages
     * @param bytesMax the largest event in bytes
     * @param received runs whenever bytes arrive
     */
    EventResponse(String request, int bytesMax, Runnable received) {
        this.request = request;
        this.received = received;
        this.parser = new EventParser(bytesMax);
        this.refusal = new AnswerBody(bytesMax, received);
    }

    /** Whether a refusal with this status may mean that events are not served, and the stream is. */
    boolean mayMeanNoEvents(int status) {
        return NO_EVENTS.contains(status);
    }

    /** The head of a response that consists of events has arrived; called before the first event. */
    abstract void accepted(HttpHeaders headers);

    /**
     * Takes the next event, under the lock of the response.
     *
     * @return the part that it completes; null if it completes none
     * @throws StreamException.Invalid if the event violates the protocol, or is too large
     */
    abstract @Nullable T take(Event event);

    // ---- called by the reader ----

    /**
     * Returns the next part, or null when the server has ended the response; one call at a time. Fails with {@link
     * NoEventsException} if the response does not consist of events, with the {@link StreamException} of a refusal,
     * with {@link StreamException.Invalid} if the response violates the protocol or is too large, and with the
     * exception passed to {@link #fail}.
     */
    CompletableFuture<@Nullable T> next() {
        CompletableFuture<@Nullable T> next = new CompletableFuture<>();
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

    /** Whether a part has been delivered. */
    synchronized boolean hasDelivered() {
        return hasDelivered;
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
            synchronized (this) {
                accepted(response.headers());
            }
            return this;
        }
        if (isSuccess || mayMeanNoEvents(status)) {
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

    /** Fails the response after the data that has already arrived is delivered. */
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
        CompletableFuture<@Nullable T> next = wanted;
        if (next == null) {
            return null;
        }
        T part = read();
        if (part != null) {
            wanted = null;
            hasDelivered = true;
            return () -> next.complete(part);
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

    private @Nullable T read() {
        try {
            for (ByteBuffer first = unread.peek(); first != null; first = unread.peek()) {
                Event event = parser.parse(first);
                if (!first.hasRemaining()) {
                    unread.remove();
                }
                T part = event == null ? null : take(event);
                if (part != null) {
                    return part;
                }
            }
        } catch (StreamException e) {
            unread.clear();
            failure = e;
        }
        return null;
    }
}
