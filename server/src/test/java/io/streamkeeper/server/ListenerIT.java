package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.Listening.Status;
import io.streamkeeper.client.listen.StreamListener;
import io.streamkeeper.server.listen.CuttingProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged jar is killed again and again under its listeners and a writer, and started on the same directory: each
 * listener gets every number once and in order. {@code -Dlisten.kills=N} kills as often as wanted.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ListenerIT {
    private static final int KILLS = Integer.getInteger("listen.kills", 6);
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private volatile URI base;
    private volatile boolean enough;
    private volatile int written;

    @Test
    void listenersGetEveryMessageOnceWhileTheServerIsKilledAndStartedAgain() throws Exception {
        try (CuttingProxy network = CuttingProxy.start()) {
            PackagedServer server = start(network);
            try {
                create("numbers", "application/json");
                create("lines", "text/plain");
                RemoteStreams streams = RemoteStreams.at(network.through(server.uri()));
                Numbers events = new Numbers();
                Numbers polls = new Numbers();
                Numbers text = new Numbers();
                Demanding demanding = new Demanding();
                streams.listen("numbers", From.beginning(), events);
                streams.withoutEvents().listen("numbers", From.beginning(), polls);
                streams.listen("lines", From.beginning(), text);
                streams.publisher("numbers", From.beginning()).subscribe(demanding);
                List<Numbers> all = List.of(events, polls, text, demanding.numbers);
                Thread writer = new Thread(this::write, "writer");
                writer.start();
                Random random = new Random();
                for (int i = 0; i < KILLS; i++) {
                    awaitMore(all, 20 + random.nextInt(100));
                    server.kill();
                    server = start(network);
                }
                awaitMore(all, 20);
                enough = true;
                writer.join();
                for (Numbers each : all) {
                    await().atMost(LONG).until(() -> each.ended);
                    each.assertWhole(written);
                }
                assertThat(events.disconnections).hasValueGreaterThanOrEqualTo(KILLS);
            } finally {
                server.close();
            }
        }
    }

    private PackagedServer start(CuttingProxy network) throws Exception {
        PackagedServer server = PackagedServer.start(
                PackagedServer.runningJava(),
                folder.resolve("log"),
                List.of(
                        "--shards=2",
                        "--data-dir=" + folder.resolve("data"),
                        "--checkpoint-bytes=128KiB",
                        "--checkpoint-interval=300ms",
                        "--sse-session=2s",
                        "--long-poll-timeout=1s"));
        base = server.uri();
        network.leadTo(base.getPort());
        return server;
    }

    private static void awaitMore(List<Numbers> all, int count) {
        for (Numbers each : all) {
            int before = each.next.get();
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> each.next.get() >= before + count || each.failure != null);
        }
    }

    // ---- the writer ----

    private void create(String path, String type) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", type)
                .PUT(BodyPublishers.noBody())
                .build();
        assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
    }

    /** Writes one number after the other to both streams, and closes them in the end. */
    private void write() {
        int number = 0;
        while (!enough) {
            append("numbers", "application/json", "{\"n\":" + number + "}", number, false);
            append("lines", "text/plain", number + "\r\n", number, false);
            number++;
        }
        written = number;
        append("numbers", "application/json", "", number, true);
        append("lines", "text/plain", "", number, true);
    }

    /** Repeats what was not answered until it is; the producer's numbers keep it from being there twice. */
    private void append(String path, String type, String body, int seq, boolean closes) {
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsMatching(failure -> failure instanceof IOException)
                .until(() -> {
                    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                            .timeout(Duration.ofSeconds(10))
                            .header("Content-Type", type)
                            .headers("Producer-Id", "w", "Producer-Epoch", "0", "Producer-Seq", Integer.toString(seq))
                            .POST(body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
                    if (closes) {
                        request.header("Stream-Closed", "true");
                    }
                    int status = client.send(request.build(), BodyHandlers.discarding())
                            .statusCode();
                    assertThat(status).isIn(200, 204, 503);
                    return status != 503;
                });
    }

    // ---- the listeners ----

    /** Checks that numbers come from 0 on, one after the other. */
    private static final class Numbers implements StreamListener {
        final AtomicInteger disconnections = new AtomicInteger();
        private final StringBuilder unread = new StringBuilder();
        final AtomicInteger next = new AtomicInteger();
        volatile String failure;
        volatile boolean ended;

        @Override
        public void onData(Batch batch) {
            if (batch.contentType().equals("text/plain")) {
                unread.append(batch.text());
                for (int end = unread.indexOf("\r\n"); end >= 0; end = unread.indexOf("\r\n")) {
                    take(unread.substring(0, end));
                    unread.delete(0, end + 2);
                }
            } else {
                for (String message : batch.messages()) {
                    take(message.substring("{\"n\":".length(), message.length() - 1));
                }
            }
        }

        private void take(String number) {
            int expected = next.getAndIncrement();
            if (!number.equals(Integer.toString(expected)) && failure == null) {
                failure = "got " + number + " instead of " + expected;
            }
        }

        @Override
        public void onStatus(Status status) {
            if (status == Status.DISCONNECTED) {
                disconnections.incrementAndGet();
            }
        }

        @Override
        public void onComplete(String offset) {
            ended = true;
        }

        @Override
        public void onError(Throwable thrown) {
            failure = thrown.toString();
            ended = true;
        }

        void assertWhole(int count) {
            assertThat(failure).isNull();
            assertThat(next).hasValue(count);
            assertThat(unread).isEmpty();
        }
    }

    /** Requests one batch after another. */
    private static final class Demanding implements Flow.Subscriber<Batch> {
        final Numbers numbers = new Numbers();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            subscription.request(1);
        }

        @Override
        public void onNext(Batch batch) {
            numbers.onData(batch);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            numbers.onError(failure);
        }

        @Override
        public void onComplete() {
            numbers.onComplete("");
        }
    }
}
