package io.streamkeeper.client.http;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.listen.CallbackThreads;
import io.streamkeeper.client.listen.Feed;
import io.streamkeeper.client.listen.FeedSource;
import io.streamkeeper.client.listen.Listening;
import io.streamkeeper.client.listen.StreamListener;
import io.streamkeeper.client.listen.StreamSource;
import io.streamkeeper.client.subscription.WorkerStreams;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/**
 * The streams of a server, followed over HTTP, with the same methods and semantics that {@code DurableStreams} provides
 * within the server's process. Begin with {@link #at}; each further method returns streams with one more setting. Works
 * with any server of the protocol; if a server returns {@code Stream-Earliest-Offset} when data was dropped, a listener
 * that retention has overtaken can continue.
 *
 * <p>When a connection breaks, or a server restarts, is overloaded or sends nothing for too long, the request is
 * retried after a delay that grows to five seconds, or that the server requests, up to a minute; the listening is
 * {@link Listening.Status#DISCONNECTED} until then. Any other refusal ends the listening with its {@link
 * io.streamkeeper.client.api.StreamException}.
 *
 * <p>Immutable; safe for use by any thread. No thread waits for a listener's data: all listeners share the few threads
 * of the HTTP client, and the executor calls them. Data that a slow listener or subscriber has not processed stays on
 * the server; the client holds only one batch and the bytes of one read of its connection.
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
     * {@return these streams, with one more header on each request}
     *
     * @param name such as {@code Authorization}
     * @param value the value for all requests
     * @throws IllegalArgumentException if the header is invalid, or the HTTP client reserves it
     */
    public RemoteStreams header(String name, String value) {
        HttpRequest.newBuilder().header(name, value);
        return header(name, () -> value);
    }

    /**
     * {@return these streams, with one more header, whose value is requested for each request, such as a token that
     * expires}
     *
     * @param name such as {@code Authorization}
     * @param value called by any thread, and must not block; an exception that it throws ends the listening
     */
    public RemoteStreams header(String name, Supplier<String> value) {
        return new RemoteStreams(settings.with(draft -> draft.header(name, value)));
    }

    /**
     * {@return these streams, with another HTTP client, for example for TLS, a proxy or redirects}
     *
     * @param client by default, all streams share one, which uses HTTP/1.1. With HTTP/2, listeners share a connection,
     *     and the data of a slow listener fills the connection's window in the client.
     */
    public RemoteStreams client(HttpClient client) {
        return new RemoteStreams(settings.with(draft -> draft.client(client)));
    }

    /**
     * {@return these streams, with another executor for listeners and subscribers}
     *
     * @param executor a listener that blocks occupies one of its threads; calls that it rejects run on {@link
     *     CallbackThreads#shared}, which is the default
     */
    public RemoteStreams executor(Executor executor) {
        return new RemoteStreams(settings.with(draft -> draft.executor(executor)));
    }

    /**
     * {@return these streams, with another bound on a listener's memory} A larger message, including its JSON or base64
     * encoding, ends the listening with {@link io.streamkeeper.client.api.StreamException.Invalid}.
     *
     * @param bytes the largest response; 65 MiB by default, for a server that accepts appends of 64 MiB
     * @throws IllegalArgumentException if it is less than one or more than 1 GiB
     */
    public RemoteStreams answerBytesMax(int bytes) {
        if (bytes < 1 || bytes > ANSWER_BYTES_LIMIT) {
            throw new IllegalArgumentException("answerBytesMax is " + bytes + "; expected 1 to " + ANSWER_BYTES_LIMIT);
        }
        return new RemoteStreams(settings.with(draft -> draft.answerBytesMax(bytes)));
    }

    /** {@return these streams, with long-polls only, for networks where server-sent events do not arrive} */
    public RemoteStreams withoutEvents() {
        return new RemoteStreams(settings.with(RemoteSettings.Draft::withoutEvents));
    }

    /**
     * {@return these streams, with another bound on silence} If a connection is silent for longer while a response is
     * awaited, it counts as dead, and another one is opened.
     *
     * @param time longer than the server's long-poll timeout, its keep-alive interval for events, and its response
     *     time; 75 seconds by default, at most a year
     * @throws IllegalArgumentException if it is not positive
     */
    public RemoteStreams silenceMax(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("silenceMax is " + time + "; expected a positive time");
        }
        Duration bounded = time.compareTo(YEAR) < 0 ? time : YEAR;
        return new RemoteStreams(settings.with(draft -> draft.silenceMax(bounded)));
    }

    /**
     * {@return these streams, with another bound on the repetitions of a {@link #blocking} call}
     *
     * @param time how long a request that may be repeated is repeated; zero for a single attempt; 30 seconds by default,
     *     at most a year
     * @throws IllegalArgumentException if it is negative
     */
    public RemoteStreams retryMax(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("retryMax is " + time + "; expected zero or a positive time");
        }
        Duration bounded = time.compareTo(YEAR) < 0 ? time : YEAR;
        return new RemoteStreams(settings.with(draft -> draft.retryMax(bounded)));
    }

    /**
     * {@return these streams, followed over one connection} It is open while a listener or subscriber is active, adds a
     * stream when one begins and removes it when one stops, and continues after it has broken, all of them from their
     * offsets. For thousands of streams this takes far less of the client and of the server than a connection for each.
     *
     * <p>A listener that is slow delays the others: the connection is read on when it has returned. Of text, the
     * beginning of a character, and a carriage return, wait for the bytes after them, or for the end of the stream. A
     * subscriber that has everything has to request one more batch to learn that the stream is closed. A second
     * listener on the same stream uses a connection of its own. So does each stream if the server is not one that follows
     * many streams with one response, or if events do not arrive; then it is followed by long-poll where its own events
     * do not arrive either.
     */
    public StreamSource shared() {
        SharedConnection connection = new SharedConnection(settings);
        return new FeedSource(
                path -> {
                    RemoteStream stream = new RemoteStream(settings, path);
                    return () -> new SharedFeed(connection, stream, path);
                },
                settings.executor());
    }

    /** {@return the calls that create, append, read once, close and delete, as blocking methods} */
    public BlockingRemoteStreams blocking() {
        return new BlockingRemoteStreams(settings);
    }

    /** {@return the subscriptions of the server, as blocking methods} */
    public RemoteSubscriptions subscriptions() {
        return new RemoteSubscriptions(settings);
    }

    /** {@return what a receiver of the webhooks of this server verifies them and acknowledges with} Share one. */
    public WebhookReceiver webhooks() {
        return new WebhookReceiver(settings);
    }

    /** {@return what a worker uses of this server} */
    public WorkerStreams forWorkers() {
        return new WorkerStreams(subscriptions(), this, blocking()::read);
    }

    /** Sets how long the first byte of events may take; after that, long-polls are tried. */
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
