package io.streamkeeper.client.http;

import io.streamkeeper.client.listen.CallbackThreads;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of requests for the streams of a server. Immutable. */
final class RemoteSettings {
    /** The largest append of a server with default settings, and the bytes that one read may return before it. */
    private static final int ANSWER_BYTES_MAX = 65 << 20;

    private static final Duration FIRST_EVENT_MAX = Duration.ofSeconds(5);

    /** A session of events ends after a minute (section 5.8), also if the server sends nothing before that. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(75);

    private static final Duration RETRY_MAX = Duration.ofSeconds(30);

    private final String root;
    private final List<Header> headers;
    private final @Nullable HttpClient client;
    private final Executor executor;
    private final int answerBytesMax;
    private final boolean usesEvents;
    private final Duration firstEventMax;
    private final Duration silenceMax;
    private final Duration retryMax;

    private RemoteSettings(Draft draft) {
        this.root = draft.root;
        this.headers = draft.headers;
        this.client = draft.client;
        this.executor = draft.executor;
        this.answerBytesMax = draft.answerBytesMax;
        this.usesEvents = draft.usesEvents;
        this.firstEventMax = draft.firstEventMax;
        this.silenceMax = draft.silenceMax;
        this.retryMax = draft.retryMax;
    }

    /** A header; its value is obtained again for each request. */
    record Header(String name, Supplier<String> value) {}

    /** Mutable settings, while they are changed. */
    static final class Draft {
        private final String root;
        private List<Header> headers = List.of();
        private @Nullable HttpClient client;
        private Executor executor = CallbackThreads.shared();
        private int answerBytesMax = ANSWER_BYTES_MAX;
        private boolean usesEvents = true;
        private Duration firstEventMax = FIRST_EVENT_MAX;
        private Duration silenceMax = SILENCE_MAX;
        private Duration retryMax = RETRY_MAX;

        private Draft(String root) {
            this.root = root;
        }

        private Draft(RemoteSettings settings) {
            this.root = settings.root;
            this.headers = settings.headers;
            this.client = settings.client;
            this.executor = settings.executor;
            this.answerBytesMax = settings.answerBytesMax;
            this.usesEvents = settings.usesEvents;
            this.firstEventMax = settings.firstEventMax;
            this.silenceMax = settings.silenceMax;
            this.retryMax = settings.retryMax;
        }

        void header(String name, Supplier<String> value) {
            headers = Stream.concat(headers.stream(), Stream.of(new Header(name, value)))
                    .toList();
        }

        void client(HttpClient other) {
            client = other;
        }

        void executor(Executor other) {
            executor = other;
        }

        void answerBytesMax(int bytes) {
            answerBytesMax = bytes;
        }

        void withoutEvents() {
            usesEvents = false;
        }

        void firstEventMax(Duration time) {
            firstEventMax = time;
        }

        void silenceMax(Duration time) {
            silenceMax = time;
        }

        void retryMax(Duration time) {
            retryMax = time;
        }
    }

    /**
     * Returns the default settings for a server.
     *
     * @param root the URL below which the streams are, with a slash at its end
     */
    static RemoteSettings of(String root) {
        return new RemoteSettings(new Draft(root));
    }

    /** Returns these settings with a change. */
    RemoteSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new RemoteSettings(draft);
    }

    /** The URL below which the streams are, with a slash at its end. */
    String root() {
        return root;
    }

    /** A request for what is below the root, with the headers of each request. */
    HttpRequest.Builder request(String target) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + target));
        for (Header header : headers) {
            request.header(header.name(), header.value().get());
        }
        return request;
    }

    /** The configured client, or else the shared one. */
    HttpClient client() {
        return client == null ? Shared.CLIENT : client;
    }

    /** Calls the listeners. */
    Executor executor() {
        return executor;
    }

    /** The largest event or response in bytes. */
    int answerBytesMax() {
        return answerBytesMax;
    }

    /** Whether events are tried before long-polls. */
    boolean usesEvents() {
        return usesEvents;
    }

    /** How long the first byte of events may take before long-polls are tried. */
    Duration firstEventMax() {
        return firstEventMax;
    }

    /** How long a server may be silent before its connection counts as dead. */
    Duration silenceMax() {
        return silenceMax;
    }

    /** How long a blocking call repeats a request that may be repeated. */
    Duration retryMax() {
        return retryMax;
    }

    /**
     * The client that is used if none is configured, created when it is needed. It uses HTTP/1.1, where a slow listener
     * delays only its own connection; a few threads suffice for all, because none of their tasks blocks.
     */
    private static final class Shared {
        private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
        private static final long IDLE_THREAD_SECONDS = 30;
        private static final AtomicInteger THREADS = new AtomicInteger();

        static final HttpClient CLIENT = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_MAX)
                .executor(threads())
                .build();

        private static Executor threads() {
            int count = Math.max(2, Runtime.getRuntime().availableProcessors());
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    count,
                    count,
                    IDLE_THREAD_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Shared::newThread);
            pool.allowCoreThreadTimeOut(true);
            return pool;
        }

        private static Thread newThread(Runnable task) {
            Thread thread = new Thread(task, "streamkeeper-http-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }
    }
}
