package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.listen.CallbackThreads;
import io.streamkeeper.client.listen.Feed;
import io.streamkeeper.client.listen.FeedSource;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamListener;
import io.streamkeeper.client.listen.StreamSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/**
 * The streams of a server, followed over HTTP: the same calls with the same meaning as {@code
 * DurableStreams} of the server has for its own process. Begin with {@link #at}; each further method returns
 * streams with one more thing set. Any server of the protocol will do; one that answers {@code Stream-Earliest-Offset}
 * where data was dropped allows a listener that was overtaken to continue.
 *
 * <p>When a connection breaks, or a server restarts, is overloaded or sends nothing for too long, the request is
 * repeated after a delay that grows to five seconds, or that the server requests, up to a minute; the listening is
 * {@link Listening.Status#DISCONNECTED} meanwhile. Any other refusal ends the listening with its {@link
 * io.streamkeeper.client.api.StreamException}.
 *
 * <p>Immutable; safe for use by any thread. No thread waits for a listener's data: all listeners share the few threads
 * of the HTTP client, and are called on the executor. Data that a slow listener or subscriber has not processed stays
 * with the server; here, one batch is held for it, and the bytes of one read of its connection.
 */
public final class RemoteStreams implements StreamSource {
    private static final int ANSWER_BYTES_LIMIT = 1 << 30;

    private static final Duration YEAR = Duration.ofDays(365);

    private final RemoteSettings settings;

    private RemoteStreams(RemoteSettings settings) {
        this.settings = settings;
    }

    /**
     * {@return the streams below a URL}
     *
     * @param root such as {@code http://host:4437/v1/stream/}, with or without the slash at its end
     * @throws IllegalArgumentException if it is not a URL of http or https, or has a query or a fragment
     */
    public static RemoteStreams at(URI root) {
        boolean isHttp = "http".equalsIgnoreCase(root.getScheme()) || "https".equalsIgnoreCase(root.getScheme());
        if (!isHttp || root.getHost() == null || root.getRawQuery() != null || root.getRawFragment() != null) {
            throw new IllegalArgumentException("root is " + root
                    + "; expected a URL such as http://host:4437/v1/stream/, without query and fragment");
        }
        String text = root.toString();
        return new RemoteStreams(RemoteSettings.of(text.endsWith("/") ? text : text + "/"));
    }

    /**
     * {@return the same with a header on each request, besides those that were set before}
     *
     * @param name such as {@code Authorization}
     * @param value the same on each request
     * @throws IllegalArgumentException if it cannot be a header, or is one that the HTTP client sets itself
     */
    public RemoteStreams header(String name, String value) {
        HttpRequest.newBuilder().header(name, value);
        return header(name, () -> value);
    }

    /**
     * {@return the same with a header on each request whose value is requested each time: a token that expires}
     *
     * @param name such as {@code Authorization}
     * @param value called by any thread, and must not block; what it throws ends the listening
     */
    public RemoteStreams header(String name, Supplier<String> value) {
        return new RemoteStreams(settings.with(draft -> draft.header(name, value)));
    }

    /**
     * {@return the same with another HTTP client: for TLS, a proxy, redirects}
     *
     * @param client by default all share one, which uses HTTP/1.1. With HTTP/2, listeners share a connection, and the
     *     data of a slow one fills its window in the client.
     */
    public RemoteStreams client(HttpClient client) {
        return new RemoteStreams(settings.with(draft -> draft.client(client)));
    }

    /**
     * {@return the same with another executor for listeners and subscribers}
     *
     * @param executor a listener that blocks occupies a thread of it; calls that it refuses are run on {@link
     *     CallbackThreads#shared}, which is the default
     */
    public RemoteStreams executor(Executor executor) {
        return new RemoteStreams(settings.with(draft -> draft.executor(executor)));
    }

    /**
     * {@return the same with another bound on a listener's memory} A message, with the JSON or base64 around it, that
     * is larger ends the listening with {@link io.streamkeeper.client.api.StreamException.Invalid}.
     *
     * @param bytes the largest answer; 65 MiB by default, for a server that accepts appends of 64 MiB
     * @throws IllegalArgumentException if it is less than one or more than 1 GiB
     */
    public RemoteStreams answerBytesMax(int bytes) {
        if (bytes < 1 || bytes > ANSWER_BYTES_LIMIT) {
            throw new IllegalArgumentException("answerBytesMax is " + bytes + "; expected 1 to " + ANSWER_BYTES_LIMIT);
        }
        return new RemoteStreams(settings.with(draft -> draft.answerBytesMax(bytes)));
    }

    /** {@return the same with long-polls only, where it is known that server-sent events do not arrive} */
    public RemoteStreams withoutEvents() {
        return new RemoteStreams(settings.with(RemoteSettings.Draft::withoutEvents));
    }

    /**
     * {@return the same with another bound on silence} After it, a connection on which an answer is awaited counts as
     * dead, and another one is opened.
     *
     * @param time longer than the server's long-poll timeout, keep-alive of events and time to answer; 75 seconds by
     *     default, no more than a year
     * @throws IllegalArgumentException if it is not positive
     */
    public RemoteStreams silenceMax(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("silenceMax is " + time + "; expected a positive time");
        }
        Duration bounded = time.compareTo(YEAR) < 0 ? time : YEAR;
        return new RemoteStreams(settings.with(draft -> draft.silenceMax(bounded)));
    }

    /** How long the first byte of events may take; after that, long-polls are tried. */
    RemoteStreams firstEventMax(Duration time) {
        return new RemoteStreams(settings.with(draft -> draft.firstEventMax(time)));
    }

    @Override
    public Listening listen(String path, From from, StreamListener listener) {
        return feeds().listen(path, from, listener);
    }

    @Override
    public Flow.Publisher<Batch> publisher(String path, From from) {
        return feeds().publisher(path, from);
    }

    private FeedSource feeds() {
        return new FeedSource(this::feeds, settings.executor());
    }

    private Supplier<Feed> feeds(String path) {
        RemoteStream stream = new RemoteStream(settings, path);
        return () -> new HttpFeed(stream);
    }
}
