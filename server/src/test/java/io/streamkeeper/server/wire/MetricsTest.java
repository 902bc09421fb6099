package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is counted is what clients have sent and received. */
@Timeout(120)
class MetricsTest {
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server =
                TestServer.started(TestServer.config(config -> config.data(data -> data.durability(Durability.FSYNC))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private MetricsSnapshot metrics() throws Exception {
        return server.metrics();
    }

    private long requests(String... labels) throws Exception {
        return metrics().value(Metric.HTTP_REQUESTS, labels);
    }

    @Test
    void eachOperationIsCountedWithEachOfItsOutcomes() throws Exception {
        String path = server.create(TestServer.TEXT, "a");
        server.put(path, "", TestServer.TEXT).is(200);
        String tail = server.append(path, "b");
        server.post(path, "c", TestServer.TEXT, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0")
                .is(200);
        String tag = server.get(path + "?offset=-1").is(200).field("ETag");
        server.get(path + "?offset=-1", "If-None-Match: " + tag).is(304);
        server.head(path).is(200);
        server.get(path + "?live=long-poll&offset=" + tail).is(200);
        server.get(path + "?live=long-poll&offset=now&timeout=1").is(204);
        server.closeStream(path);
        try (EventReader events = server.events(path, "-1")) {
            assertThat(events.head().status()).isEqualTo(200);
        }
        server.post(path, "d", TestServer.TEXT).is(409);
        server.put(path, "", TestServer.JSON).is(409);
        server.put(path, "", TestServer.TEXT, "Stream-TTL: x").is(400);
        server.delete(path).is(204);
        server.get(path).is(404);
        server.exchange("OPTIONS", path, "").is(204);
        server.get("/health").is(200);
        server.get("/nowhere").is(404);
        try (TestConnection connection = server.connect()) {
            connection.send("no request\r\n\r\n");
            assertThat(connection.input().answer(false).status()).isEqualTo(400);
        }

        assertThat(requests("create", "201")).isEqualTo(1);
        assertThat(requests("create", "200")).isEqualTo(1);
        assertThat(requests("create", "409", "stream_exists")).isEqualTo(1);
        assertThat(requests("create", "400")).isEqualTo(1);
        assertThat(requests("append", "204")).isEqualTo(2);
        assertThat(requests("append", "200")).isEqualTo(1);
        assertThat(requests("append", "409", "stream_closed")).isEqualTo(1);
        assertThat(requests("read", "200")).isEqualTo(1);
        assertThat(requests("read", "304")).isEqualTo(1);
        assertThat(requests("read", "404", "stream_not_found")).isEqualTo(1);
        assertThat(requests("describe", "200")).isEqualTo(1);
        assertThat(requests("long_poll", "200")).isEqualTo(1);
        assertThat(requests("long_poll", "204")).isEqualTo(1);
        assertThat(requests("sse", "200")).isEqualTo(1);
        assertThat(requests("delete", "204")).isEqualTo(1);
        assertThat(requests("options", "204")).isEqualTo(1);
        assertThat(requests("route", "200")).isEqualTo(1);
        assertThat(requests("other", "404", "not_found")).isEqualTo(1);
        assertThat(requests("other", "400", "invalid_request")).isEqualTo(1);
        assertThat(requests()).isEqualTo(20);
    }

    @Test
    void aRetryOfAProducerIsCountedAndItsFirstAppendIsNot() throws Exception {
        String path = server.create(TestServer.TEXT, "");
        String[] first = {TestServer.TEXT, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0"};
        String[] last = {
            TestServer.TEXT, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 1", "Stream-Closed: true"
        };
        server.post(path, "a", first).is(200);
        server.post(path, "b", TestServer.TEXT).is(204);
        assertThat(metrics().value(Metric.APPEND_DUPLICATES)).isZero();

        server.post(path, "a", first).is(204);
        assertThat(metrics().value(Metric.APPEND_DUPLICATES)).isEqualTo(1);

        server.post(path, "", last).is(204);
        server.post(path, "", "Stream-Closed: true").is(204);
        assertThat(metrics().value(Metric.APPEND_DUPLICATES)).isEqualTo(1);
        server.post(path, "", last).is(204);
        assertThat(metrics().value(Metric.APPEND_DUPLICATES)).isEqualTo(2);
    }

    @Test
    void bytesAndConnectionsAreCounted() throws Exception {
        String request = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
        long received;
        try (TestConnection connection = server.connect()) {
            connection.send(request);
            connection.send(request);
            connection.input().answer(false);
            connection.input().answer(false);
            assertThat(metrics().value(Metric.CONNECTIONS, "public")).isEqualTo(1);
            received = metrics().value(Metric.HTTP_SENT_BYTES);
            connection.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            String last = connection.input().rest();
            assertThat(metrics().value(Metric.HTTP_SENT_BYTES) - received)
                    .isEqualTo(last.getBytes(StandardCharsets.UTF_8).length);
        }

        assertThat(metrics().value(Metric.HTTP_RECEIVED_BYTES))
                .isEqualTo(2L * request.length()
                        + "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".length());
        assertThat(metrics().value(Metric.CONNECTIONS_OPENED, "public")).isEqualTo(1);
        await().until(() -> metrics().value(Metric.CONNECTIONS) == 0);
    }

    @Test
    void aParkedReaderIsCountedWhileItWaits() throws Exception {
        String path = server.create(TestServer.TEXT, "");
        try (TestConnection poll = server.connect();
                EventReader events = server.events(path, "-1")) {
            assertThat(events.head().status()).isEqualTo(200);
            poll.send("GET " + path + "?live=long-poll&offset=now HTTP/1.1\r\nHost: a\r\n\r\n");
            await().until(() -> metrics().value(Metric.WAITERS, "long_poll") == 1);
            await().until(() -> metrics().value(Metric.WAITERS, "sse") == 1);

            server.append(path, "a");

            assertThat(poll.input().answer(false).text()).isEqualTo("a");
            assertThat(metrics().value(Metric.WAITERS, "long_poll")).isZero();
            assertThat(metrics().value(Metric.WAITERS, "sse")).isEqualTo(1);
            server.delete(path).is(204);
            await().until(() -> metrics().value(Metric.WAITERS, "sse") == 0);
        }
    }

    @Test
    void anEventStreamIsCountedFromItsHeadToItsEnd() throws Exception {
        String path = server.create(TestServer.TEXT, "a");
        try (EventReader events = server.events(path, "-1");
                EventReader many = server.connect()
                        .events(TestServer.ROOT + "?live=sse&stream=" + path.substring(TestServer.ROOT.length())
                                + "@-1")) {
            events.next();
            many.next();
            assertThat(metrics().value(Metric.EVENT_STREAMS)).isEqualTo(2);
        }
        server.get(path + "missing?live=sse&offset=-1").is(404);
        await().until(() -> metrics().value(Metric.EVENT_STREAMS) == 0);
    }

    @Test
    void theLoopsMeasureHowLateTheyAre() throws Exception {
        await().until(() -> metrics().histogram(Metric.LOOP_DELAY_SECONDS).count() > 2 * TestServer.SHARDS);
        assertThat(metrics().histogram(Metric.LOOP_DELAY_SECONDS).sum()).isPositive();
    }

    @Test
    void checkpointsAndCompactionsAreCountedWithTheirBytes() throws Exception {
        String path = server.create(TestServer.TEXT, "");

        await().atMost(60, TimeUnit.SECONDS).until(() -> {
            server.append(path, "x".repeat(10_000));
            MetricsSnapshot metrics = metrics();
            return metrics.histogram(Metric.CHECKPOINT_SECONDS).count() > 2
                    && metrics.value(Metric.COMPACTION_BYTES) > 0;
        });

        MetricsSnapshot metrics = metrics();
        assertThat(metrics.value(Metric.CHECKPOINT_BYTES)).isGreaterThan(10_000);
        assertThat(metrics.histogram(Metric.COMPACTION_SECONDS).count()).isPositive();
        assertThat(metrics.histogram(Metric.CHECKPOINT_SECONDS).sum()).isPositive();
    }

    @Test
    void closedStreamsAreCountedUntilTheyAreDeleted() throws Exception {
        server.create(TestServer.TEXT, "a");
        String path = server.create(TestServer.TEXT, "a");
        server.closeStream(path);
        assertThat(metrics().value(Metric.STREAMS_CLOSED)).isEqualTo(1);
        server.delete(path).is(204);
        assertThat(metrics().value(Metric.STREAMS_CLOSED)).isZero();
    }

    @Test
    void aSnapshotSaysWhatTheProcessHolds() throws Exception {
        server.create(TestServer.TEXT, "a");

        MetricsSnapshot metrics = metrics();

        assertThat(metrics.value(Metric.OPEN_FDS)).isPositive();
        assertThat(metrics.value(Metric.MAX_FDS)).isGreaterThanOrEqualTo(metrics.value(Metric.OPEN_FDS));
        assertThat(metrics.value(Metric.BUDGET_LIMIT_BYTES, "bodies")).isPositive();
        assertThat(metrics.value(Metric.BUDGET_USED_BYTES, "descriptions_of_streams"))
                .isPositive();
        assertThat(metrics.value(Metric.BACKLOG_BYTES)).isPositive();
        assertThat(metrics.value(Metric.SHARDS_FAILED)).isZero();
    }

    /**
     * Clients of several loops write to streams of several shards while snapshots are taken; nothing is lost or counted
     * twice.
     */
    @Test
    void sumsUnderConcurrentLoadAreWhatClientsHaveSent() throws Exception {
        int clients = 6;
        int appends = 200;
        MetricsSnapshot before = metrics();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                work.add(() -> write(appends));
            }
            List<Future<Void>> done = work.stream().map(threads::submit).toList();
            long last = 0;
            for (Future<Void> each : done) {
                while (!each.isDone()) {
                    long now = requests("append", "204");
                    assertThat(now).isGreaterThanOrEqualTo(last);
                    last = now;
                }
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }

        MetricsSnapshot after = metrics();
        assertThat(after.value(Metric.HTTP_REQUESTS, "append", "204")).isEqualTo((long) clients * appends);
        assertThat(after.value(Metric.HTTP_REQUESTS, "create", "201")).isEqualTo(clients);
        assertThat(after.value(Metric.HTTP_REQUESTS)).isEqualTo((long) clients * (appends + 1));
        double records = after.histogram(Metric.BATCH_RECORDS).sum()
                - before.histogram(Metric.BATCH_RECORDS).sum();
        assertThat(records).isEqualTo(clients * (appends + 1.0));
        assertThat(after.histogram(Metric.SYNC_SECONDS).count())
                .isEqualTo(after.histogram(Metric.BATCH_RECORDS).count())
                .isLessThanOrEqualTo((long) records);
    }

    private Void write(int appends) throws Exception {
        String path = server.create(TestServer.TEXT, "");
        try (TestConnection connection = server.connect()) {
            for (int i = 0; i < appends; i++) {
                connection.exchange("POST", path, "x", TestServer.TEXT).is(204);
            }
        }
        return null;
    }
}
