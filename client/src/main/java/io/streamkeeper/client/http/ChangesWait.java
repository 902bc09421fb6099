package io.streamkeeper.client.http;

import static io.streamkeeper.client.http.ReadQuery.encoded;

import io.streamkeeper.client.api.StreamChanges;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.EventResponse.NoEventsException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the changes of streams: a GET of the root that the server answers with events, an extension of the protocol.
 * A response that ends or breaks is continued after its last event. Used by one thread, which may block.
 */
final class ChangesWait {
    private final RemoteSettings settings;
    private final Supplier<Attempts> calls;
    private final Silence silence;
    private final String prefix;
    private final long endNanos;
    private @Nullable String position;
    private Attempts attempts;

    /**
     * Begins to wait.
     *
     * @param calls begins to count failures
     * @param position after which the changes come; null for now
     */
    ChangesWait(
            RemoteSettings settings,
            Supplier<Attempts> calls,
            String prefix,
            @Nullable String position,
            Duration wait) {
        this.settings = settings;
        this.calls = calls;
        this.silence = new Silence(settings.silenceMax());
        this.prefix = prefix;
        this.position = position;
        this.endNanos = System.nanoTime() + wait.toNanos();
        this.attempts = calls.get();
    }

    StreamChanges run() throws InterruptedException {
        try {
            StreamChanges changes = attempt();
            while (changes == null) {
                changes = attempt();
            }
            return changes;
        } finally {
            silence.close();
        }
    }

    /** Reads one response; returns null if another one has to follow. */
    private @Nullable StreamChanges attempt() throws InterruptedException {
        HttpRequest request = request();
        ChangesResponse response = new ChangesResponse(
                request.method() + " " + request.uri(), settings.answerBytesMax(), silence::received);
        response.send(settings.client(), request);
        try {
            return read(request, response);
        } catch (StreamException.Unavailable e) {
            attempts.waitAfter(e, true);
            return null;
        } finally {
            response.cancel();
        }
    }

    private HttpRequest request() {
        return settings.request(
                        "?live=sse&prefix=" + encoded(prefix) + (position == null ? "" : "&after=" + encoded(position)))
                .header("Accept", "text/event-stream")
                .build();
    }

    private @Nullable StreamChanges read(HttpRequest request, ChangesResponse response) throws InterruptedException {
        // The server sends an event at once, also if nothing has changed.
        long leftNanos = Long.MAX_VALUE;
        while (true) {
            ChangesEvent event;
            try {
                event = next(request, response, leftNanos);
            } catch (TimeoutException e) {
                return none();
            }
            if (event == null) {
                return ended(response);
            }
            StreamException failure = event.failure();
            if (failure != null) {
                throw failure;
            }
            attempts = calls.get();
            attempts.answered();
            position = event.position();
            if (!event.changes().isEmpty()) {
                return new StreamChanges(event.changes(), String.valueOf(position));
            }
            leftNanos = endNanos - System.nanoTime();
        }
    }

    /** The server has ended a response, as it does after some time. */
    private @Nullable StreamChanges ended(ChangesResponse response) {
        if (!response.hasDelivered()) {
            throw unavailable("a response of " + settings.root() + " has ended before its first event");
        }
        return System.nanoTime() - endNanos < 0 ? null : none();
    }

    private StreamChanges none() {
        return new StreamChanges(List.of(), String.valueOf(position));
    }

    /** The next event; null if the server has ended the response. */
    private @Nullable ChangesEvent next(HttpRequest request, ChangesResponse response, long leftNanos)
            throws InterruptedException, TimeoutException {
        silence.begin(settings.silenceMax(), () -> response.fail(silent()));
        try {
            return response.next().get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NoEventsException noEvents) {
                throw new StreamException.Invalid(
                        BatchAssembler.INVALID_ANSWER,
                        200,
                        "the server does not report changes of its streams: " + noEvents.getMessage());
            }
            throw Unreachable.explained(request, e.getCause());
        } finally {
            silence.end();
        }
    }

    private StreamException silent() {
        return unavailable("nothing was received from " + settings.root() + " for " + settings.silenceMax());
    }

    private static StreamException unavailable(String message) {
        return new StreamException.Unavailable(HttpFeed.UNREACHABLE, 0, message, null);
    }
}
