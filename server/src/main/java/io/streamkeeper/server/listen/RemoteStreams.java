package io.streamkeeper.server.listen;

import io.streamkeeper.server.api.Batch;
import io.streamkeeper.server.api.From;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/**
 * The streams of a server, followed over HTTP: the same calls with the same meaning as {@link
 * io.streamkeeper.server.DurableStreams} has for those of this process. Begin with {@link #at}; each further method gives
 * streams that are asked for with one more thing set. Any server of the protocol will do; one that answers retention with
 * {@code Stream-Earliest-Offset} lets a listener that was overtaken go on.
 *
 * <p>A connection that breaks, a server that restarts, is overloaded or says nothing for too long is tried again, after a
 * while that grows to five seconds, or what the server asks for, up to a minute; the listening is {@link
 * Listening.Status#DISCONNECTED} meanwhile. What else a server refuses ends the listening with the {@link
 * io.streamkeeper.server.api.StreamException} that tells it.
 *
 * <p>Immutable; safe for use by any thread. No thread waits for a listener's data: all listeners share the HTTP client's few
 * threads, and are told on the executor. A listener or a subscriber that is slow leaves what it has not taken with the
 * server; here, one batch is held for it, and what one read of its connection has brought.
 */
public final class RemoteStreams implements StreamSource {
    /** The largest append of a server with default settings, and what one read of it may have before that. */
    private static final int ANSWER_BYTES_MAX = 65 << 20;

    private static final int ANSWER_BYTES_LIMIT = 1 << 30;

    private static final Duration FIRST_EVENT_MAX = Duration.ofSeconds(5);

    /** A session of events ends after a minute (section 5.8), also where nothing keeps it awake meanwhile. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(75);

    private static final Duration YEAR = Duration.ofDays(365);

    private final RemoteSettings settings;

    private RemoteStreams(RemoteSettings settings) {
        this.settings = settings;
    }

    /**
     * {@return the streams below a URL}
     *
     * @param root such as {@code http://host:4437/v1/stream/}, with or without the slash at its end
     * @throws IllegalArgumentException if it is no URL of http or https, or has a query or a fragment
     */
    public static RemoteStreams at(URI root) {
        boolean isHttp = "http".equalsIgnoreCase(root.getScheme()) || "https".equalsIgnoreCase(root.getScheme());
        if (!isHttp || root.getHost() == null || root.getRawQuery() != null || root.getRawFragment() != null) {
            throw new IllegalArgumentException("root is " + root
                    + "; expected a URL such as http://host:4437/v1/stream/, without query and fragment");
        }
        String text = root.toString();
        return new RemoteStreams(new RemoteSettings(
                text.endsWith("/") ? text : text + "/",
                List.of(),
                null,
                CallbackThreads.shared(),
                ANSWER_BYTES_MAX,
                true,
                FIRST_EVENT_MAX,
                SILENCE_MAX));
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
     * {@return the same with a header on each request whose value is asked for each time: a token that expires}
     *
     * @param name such as {@code Authorization}
     * @param value called by any thread, and must not block; what it throws ends the listening
     */
    public RemoteStreams header(String name, Supplier<String> value) {
        return new RemoteStreams(settings.withHeader(new RemoteSettings.Header(name, value)));
    }

    /**
     * {@return the same by way of another HTTP client: for TLS, a proxy, redirects}
     *
     * @param client by default there is one for all, which speaks HTTP/1.1. Where one speaks HTTP/2, listeners share a
     *     connection, and a slow one lets what its window takes pile up in the client.
     */
    public RemoteStreams client(HttpClient client) {
        return new RemoteStreams(settings.withClient(client));
    }

    /**
     * {@return the same with listeners and subscribers that are told elsewhere}
     *
     * @param executor a listener that blocks takes a thread of it; what it refuses is run on {@link CallbackThreads#shared},
     *     which is the default
     */
    public RemoteStreams executor(Executor executor) {
        return new RemoteStreams(settings.withExecutor(executor));
    }

    /**
     * {@return the same with another bound of a listener's memory} A message, with the JSON or base64 around it, that is
     * larger ends the listening with {@link io.streamkeeper.server.api.StreamException.Invalid}.
     *
     * @param bytes how many are taken at once; 65 MiB by default, for a server that takes appends of 64 MiB
     * @throws IllegalArgumentException if it is less than one or more than 1 GiB
     */
    public RemoteStreams answerBytesMax(int bytes) {
        if (bytes < 1 || bytes > ANSWER_BYTES_LIMIT) {
            throw new IllegalArgumentException("answerBytesMax is " + bytes + "; expected 1 to " + ANSWER_BYTES_LIMIT);
        }
        return new RemoteStreams(settings.withAnswerBytesMax(bytes));
    }

    /** {@return the same by long-poll only, where it is known that server-sent events do not get through} */
    public RemoteStreams withoutEvents() {
        return new RemoteStreams(settings.withoutEvents());
    }

    /**
     * {@return the same with another bound of silence} After it, a connection of which something is awaited counts as dead,
     * and another is tried.
     *
     * @param time longer than the server's long-poll timeout, keep-alive of events and time to answer; 75 seconds by default, a
     *     year at the most
     * @throws IllegalArgumentException if it is not positive
     */
    public RemoteStreams silenceMax(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("silenceMax is " + time + "; expected more than nothing");
        }
        return new RemoteStreams(settings.withSilenceMax(time.compareTo(YEAR) < 0 ? time : YEAR));
    }

    /** How long the first byte of events may take; then long-polls are tried. */
    RemoteStreams firstEventMax(Duration time) {
        return new RemoteStreams(settings.withFirstEventMax(time));
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
