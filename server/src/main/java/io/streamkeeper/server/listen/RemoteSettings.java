package io.streamkeeper.server.listen;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the streams of a server are asked for.
 *
 * @param root the URL that streams are below, with a slash at its end
 * @param headers on each request
 * @param ownClient null for the one that all share who name none
 * @param executor on which listeners are told
 * @param answerBytesMax bytes of an event or an answer at the most
 * @param usesEvents whether events are tried at all
 * @param firstEventMax how long the first byte of events may take before long-polls are tried
 * @param silenceMax how long a server may say nothing before its connection counts as dead
 */
record RemoteSettings(
        String root,
        List<Header> headers,
        @Nullable HttpClient ownClient,
        Executor executor,
        int answerBytesMax,
        boolean usesEvents,
        Duration firstEventMax,
        Duration silenceMax) {
    /** One header; its value is asked for with each request. */
    record Header(String name, Supplier<String> value) {}

    RemoteSettings withHeader(Header added) {
        List<Header> all = Stream.concat(headers.stream(), Stream.of(added)).toList();
        return new RemoteSettings(
                root, all, ownClient, executor, answerBytesMax, usesEvents, firstEventMax, silenceMax);
    }

    RemoteSettings withClient(HttpClient client) {
        return new RemoteSettings(
                root, headers, client, executor, answerBytesMax, usesEvents, firstEventMax, silenceMax);
    }

    RemoteSettings withExecutor(Executor newExecutor) {
        return new RemoteSettings(
                root, headers, ownClient, newExecutor, answerBytesMax, usesEvents, firstEventMax, silenceMax);
    }

    RemoteSettings withAnswerBytesMax(int bytes) {
        return new RemoteSettings(root, headers, ownClient, executor, bytes, usesEvents, firstEventMax, silenceMax);
    }

    RemoteSettings withoutEvents() {
        return new RemoteSettings(root, headers, ownClient, executor, answerBytesMax, false, firstEventMax, silenceMax);
    }

    RemoteSettings withFirstEventMax(Duration time) {
        return new RemoteSettings(root, headers, ownClient, executor, answerBytesMax, usesEvents, time, silenceMax);
    }

    RemoteSettings withSilenceMax(Duration time) {
        return new RemoteSettings(root, headers, ownClient, executor, answerBytesMax, usesEvents, firstEventMax, time);
    }

    HttpClient client() {
        return ownClient == null ? Shared.CLIENT : ownClient;
    }

    /**
     * The client of all who name none, made when it is needed. It speaks HTTP/1.1, where a listener that is slow holds up its
     * own connection and nobody else's; a few threads do for all, because nothing that they do blocks.
     */
    private static final class Shared {
        private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
        private static final long IDLE_THREAD_SECONDS = 30;

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
                    new DefaultThreadFactory("streamkeeper-http", true));
            pool.allowCoreThreadTimeOut(true);
            return pool;
        }
    }
}
