package io.streamkeeper.client.http;

import io.streamkeeper.client.listen.CallbackThreads;
import java.net.http.HttpClient;
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

/** How requests for the streams of a server are made. Immutable. */
final class RemoteSettings {
    /** The largest append of a server with default settings, and what one read of it may have before that. */
    private static final int ANSWER_BYTES_MAX = 65 << 20;

    private static final Duration FIRST_EVENT_MAX = Duration.ofSeconds(5);

    /** A session of events ends after a minute (section 5.8), also where nothing keeps it awake meanwhile. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(75);

    private final String root;
    private final List<Header> headers;
    private final @Nullable HttpClient client;
    private final Executor executor;
    private final int answerBytesMax;
    private final boolean usesEvents;
    private final Duration firstEventMax;
    private final Duration silenceMax;

    private RemoteSettings(Draft draft) {
        this.root = draft.root;
        this.headers = draft.headers;
        this.client = draft.client;
        this.executor = draft.executor;
        this.answerBytesMax = draft.answerBytesMax;
        this.usesEvents = draft.usesEvents;
        this.firstEventMax = draft.firstEventMax;
        this.silenceMax = draft.silenceMax;
    }

    /** One header; its value is requested for each request. */
    record Header(String name, Supplier<String> value) {}

    /** Settings while they are changed. */
    static final class Draft {
        private final String root;
        private List<Header> headers = List.of();
        private @Nullable HttpClient client;
        private Executor executor = CallbackThreads.shared();
        private int answerBytesMax = ANSWER_BYTES_MAX;
        private boolean usesEvents = true;
        private Duration firstEventMax = FIRST_EVENT_MAX;
        private Duration silenceMax = SILENCE_MAX;

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
    }

    /**
     * The defaults for a server.
     *
     * @param root the URL that streams are below, with a slash at its end
     */
    static RemoteSettings of(String root) {
        return new RemoteSettings(new Draft(root));
    }

    /** The same with a change. */
    RemoteSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new RemoteSettings(draft);
    }

    /** The URL that streams are below, with a slash at its end. */
    String root() {
        return root;
    }

    /** Those of each request. */
    List<Header> headers() {
        return headers;
    }

    /** The client that was given, or else the one that all others share. */
    HttpClient client() {
        return client == null ? Shared.CLIENT : client;
    }

    /** Where listeners are called. */
    Executor executor() {
        return executor;
    }

    /** The largest event or answer in bytes. */
    int answerBytesMax() {
        return answerBytesMax;
    }

    /** Whether events are tried at all. */
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

    /**
     * The client where none is given, made when it is needed. It speaks HTTP/1.1, where a slow listener holds up its
     * own connection and no other; a few threads do for all, because nothing that they do blocks.
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
