package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.FrameClient.ACK;
import static io.streamkeeper.server.wire.FrameClient.DATA;
import static io.streamkeeper.server.wire.FrameClient.END_HEADERS;
import static io.streamkeeper.server.wire.FrameClient.END_STREAM;
import static io.streamkeeper.server.wire.FrameClient.GOAWAY;
import static io.streamkeeper.server.wire.FrameClient.HEADERS;
import static io.streamkeeper.server.wire.FrameClient.PING;
import static io.streamkeeper.server.wire.FrameClient.RST_STREAM;
import static io.streamkeeper.server.wire.FrameClient.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.wire.FrameClient.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol over HTTP/2, with and without TLS. */
@Timeout(120)
class Http2Test {
    private static final List<String> BUDGETS = List.of("heads_of_requests", "reads", "bodies", "unsent_answers");
    private static final String LONG = "0123456789abcdef".repeat(20_000);
    private static final int INITIAL_WINDOW = 4;
    private static final long BYTES_PER_CONNECTION = 30 << 10;

    private static TestServer server(boolean isTls, Consumer<ServerConfig.Builder> change) throws IOException {
        return TestServer.started(TestServer.config(config -> {
            if (isTls) {
                config.tls(TestServer::on);
            }
            change.accept(config);
        }));
    }

    private static TestServer server() throws IOException {
        return server(false, config -> {});
    }

    // ---- requests ----

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamIsWrittenAndReadOnOneConnection(boolean isTls) throws Exception {
        try (TestServer server = server(isTls, config -> {});
                FrameClient client = FrameClient.begun(server)) {
            client.window(0, 10_000_000);
            String path = TestServer.path();
            Answer created =
                    client.exchange(1, "PUT", path, "first", TestServer.TEXT).is(201);
            server.append(path, LONG);
            assertThat(created.field("location")).isEqualTo((isTls ? "https" : "http") + "://test" + path);
            assertThat(created.field("connection")).isNull();
            client.exchange(3, "POST", path, "more", TestServer.TEXT).is(204);
            client.exchange(5, "POST", path, "x", "Content-Type: application/json")
                    .is(409);
            client.request(7, "GET", path + "?offset=-1", null);
            client.window(7, 1_000_000);
            Answer read = client.answer(7).is(200);
            assertThat(read.text()).isEqualTo("first" + LONG + "more");
            client.exchange(9, "GET", path + "?offset=-1", null, "If-None-Match: " + read.field("etag"))
                    .is(304);
            Answer head = client.exchange(11, "HEAD", path, null).is(200);
            assertThat(head.nextOffset()).isEqualTo(read.nextOffset());
            assertThat(head.text()).isEmpty();
            client.exchange(13, "DELETE", path, null).is(204);
            client.exchange(15, "GET", path, null).is(404);
            await().until(() -> server.used("heads_of_requests") == BYTES_PER_CONNECTION);
        }
    }

    @Test
    void aBodyInManyFramesWithTrailerFieldsIsOneRequest() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TestServer.TEXT, "");
            client.send(HEADERS, END_HEADERS, 1, client.block(fields("POST", path, TestServer.TEXT)));
            for (char c = 'a'; c <= 'z'; c++) {
                client.send(DATA, 0, 1, (byte) c);
            }
            client.send(HEADERS, END_HEADERS | END_STREAM, 1, client.block("x-sum", "1"));
            client.answer(1).is(204);
            assertThat(server.get(path + "?offset=-1").text()).isEqualTo("abcdefghijklmnopqrstuvwxyz");
        }
    }

    @Test
    void aClientThatWaitsIsAskedForTheBody() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TestServer.TEXT, "");
            client.send(
                    HEADERS,
                    END_HEADERS,
                    1,
                    client.block(fields("POST", path, TestServer.TEXT, "Expect: 100-continue", "Content-Length: 1")));
            client.head(1).is(100);
            client.send(DATA, END_STREAM, 1, (byte) 'x');
            client.answer(1).is(204);
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAndTheClientIsStopped() throws Exception {
        try (TestServer server = server(false, config -> config.http(http -> http.bodyBytesMax(1_000)));
                FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TestServer.TEXT, "");
            client.send(HEADERS, END_HEADERS, 1, client.block(fields("POST", path, TestServer.TEXT)));
            client.send(DATA, 0, 1, new byte[1_001]);
            client.answer(1).is(413);
            assertThat(client.await(RST_STREAM).error()).isEqualTo(FrameClient.NO_ERROR);
            client.send(
                    HEADERS,
                    END_HEADERS,
                    3,
                    client.block(fields("POST", path, TestServer.TEXT, "Content-Length: 5000")));
            client.answer(3).is(413);
            client.exchange(5, "POST", path, "x", TestServer.TEXT).is(204);
        }
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server)) {
            client.exchange(1, "GET", "/" + "x".repeat(9_000), null).is(414);
            client.exchange(3, "GET", "/health", null).is(200);
            byte[] block = client.block(fields("GET", "/health", "X-Long: " + "x".repeat(42_000)));
            client.send(HEADERS, END_STREAM, 5, java.util.Arrays.copyOf(block, 16_000));
            client.send(FrameClient.CONTINUATION, 0, 5, java.util.Arrays.copyOfRange(block, 16_000, 32_000));
            client.send(
                    FrameClient.CONTINUATION,
                    END_HEADERS,
                    5,
                    java.util.Arrays.copyOfRange(block, 32_000, block.length));
            client.head(5).is(431);
        }
    }

    // ---- live reads ----

    @Test
    void manyEventStreamsShareOneConnection() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TestServer.TEXT, "first");
            Set<Integer> open = new HashSet<>();
            for (int stream = 1; stream < 100; stream += 2) {
                client.request(stream, "GET", path + "?live=sse&offset=-1", null);
                open.add(stream);
            }
            for (int stream : open) {
                assertThat(client.head(stream).is(200).field("content-type")).startsWith("text/event-stream");
            }
            awaitText(client, open, "first");
            server.append(path, "second");
            awaitText(client, open, "second");
            server.closeStream(path);
            Set<Integer> ended = new HashSet<>();
            while (ended.size() < open.size()) {
                Frame frame = client.next();
                if (frame.endsStream()) {
                    ended.add(frame.stream());
                }
            }
            assertThat(ended).isEqualTo(open);
        }
    }

    @Test
    void oneEventStreamFollowsManyStreams() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server)) {
            String one = server.create(TestServer.TEXT, "first");
            String two = server.create(TestServer.TEXT, "");
            String streams = "&stream=" + one.substring(TestServer.ROOT.length()) + "@-1&stream="
                    + two.substring(TestServer.ROOT.length()) + "@-1";
            client.request(1, "GET", TestServer.ROOT + "?live=sse" + streams, null);
            assertThat(client.head(1).is(200).field("content-type")).startsWith("text/event-stream");
            awaitText(client, Set.of(1), "first");
            server.append(two, "second");
            awaitText(client, Set.of(1), "second");
        }
    }

    private static void awaitText(FrameClient client, Set<Integer> streams, String text) throws IOException {
        Set<Integer> missing = new HashSet<>(streams);
        while (!missing.isEmpty()) {
            Frame frame = client.next();
            if (new String(frame.bytes(), StandardCharsets.UTF_8).contains("data:" + text)
                    || new String(frame.bytes(), StandardCharsets.UTF_8).contains("data: " + text)) {
                missing.remove(frame.stream());
            }
        }
    }

    @Test
    void aLongPollWaitsBesideOtherRequests() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TestServer.TEXT, "");
            client.request(1, "GET", path + "?live=long-poll&offset=now", null);
            client.exchange(3, "POST", server.create(TestServer.TEXT, ""), "x", TestServer.TEXT)
                    .is(204);
            client.request(5, "POST", path, "woken", TestServer.TEXT);
            assertThat(client.answer(1).is(200).text()).isEqualTo("woken");
        }
    }

    // ---- flow control ----

    @Test
    void aReaderWithoutWindowCostsItsPositionOnly() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server, INITIAL_WINDOW, 0)) {
            client.window(0, 10_000_000);
            String path = server.create(TestServer.TEXT, LONG);
            for (int stream = 1; stream < 100; stream += 2) {
                client.request(stream, "GET", path + "?offset=-1", null);
            }
            client.exchange(101, "POST", path, "x", TestServer.TEXT).is(204);
            assertThat(server.used("reads")).isZero();

            client.window(1, 10);
            assertThat(client.head(1).is(200).field("content-length")).isEqualTo(Integer.toString(LONG.length()));
            assertThat(new String(client.await(DATA).bytes(), StandardCharsets.UTF_8))
                    .isEqualTo(LONG.substring(0, 10));
            client.window(1, 1);
            assertThat(client.await(DATA).bytes()).hasSize(1);
            assertThat(server.used("reads")).isLessThan(100_000);
            client.window(1, LONG.length());
            int received = 11;
            for (Frame frame = client.await(DATA); !frame.endsStream(); frame = client.await(DATA)) {
                received += frame.bytes().length;
            }
            assertThat(received).isLessThanOrEqualTo(LONG.length());
            await().until(() -> server.used("reads") == 0);
        }
    }

    @Test
    void aReaderThatTakesNothingIsReset() throws Exception {
        try (TestServer server = server(false, config -> config.http(http -> http.idleTimeoutMillis(1_500)))) {
            String path = server.create(TestServer.TEXT, LONG);
            try (FrameClient client = FrameClient.begun(server, INITIAL_WINDOW, 0)) {
                client.request(1, "GET", path + "?offset=-1", null);
                assertThat(client.await(RST_STREAM).stream()).isEqualTo(1);
                await().until(() -> server.used("heads_of_requests") == 0);
            }
        }
    }

    // ---- the end ----

    @Test
    void aStopAnnouncesItselfAndAnswersWhatHasBegun() throws Exception {
        TestServer server = server();
        try (FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TestServer.TEXT, "");
            client.request(1, "GET", path + "?live=long-poll&offset=now", null);
            client.exchange(3, "GET", "/health", null).is(200);
            Thread stop = new Thread(server::close);
            stop.start();
            client.head(1).is(204);
            Frame announced = client.await(GOAWAY);
            assertThat(announced.content().getInt(0)).isEqualTo(Integer.MAX_VALUE);
            assertThat(announced.error()).isEqualTo(FrameClient.NO_ERROR);
            Frame ping = client.await(PING);
            client.send(PING, ACK, 0, ping.bytes());
            Frame last = client.await(GOAWAY);
            assertThat(last.content().getInt(0)).isEqualTo(3);
            assertThat(client.next()).isNull();
            stop.join();
        }
    }

    /** Nothing of such a request was executed, so the client may send it again, to another server. */
    @Test
    void aStopRefusesARequestWhoseBodyHasNotArrived() throws Exception {
        TestServer server = server();
        try (FrameClient client = FrameClient.begun(server)) {
            sendPartOfARequest(client, server.create(TestServer.TEXT, ""));
            Thread stop = new Thread(server::close);
            stop.start();
            assertRefusedWithoutResponse(client);
            stop.join();
        }
    }

    @Test
    void aClientThatEndsItsSideWithinABodyIsRefused() throws Exception {
        try (TestServer server = server();
                FrameClient client = FrameClient.begun(server)) {
            sendPartOfARequest(client, server.create(TestServer.TEXT, ""));
            client.endOutput();
            assertRefusedWithoutResponse(client);
        }
    }

    private static void sendPartOfARequest(FrameClient client, String path) throws IOException {
        client.send(
                HEADERS, END_HEADERS, 1, client.block(fields("POST", path, TestServer.TEXT, "Expect: 100-continue")));
        client.head(1).is(100);
        client.send(DATA, 0, 1, (byte) 'x');
        client.exchange(3, "GET", "/health", null).is(200);
    }

    private static void assertRefusedWithoutResponse(FrameClient client) throws IOException {
        int resets = 0;
        for (Frame frame = client.next(); frame != null; frame = client.next()) {
            if (frame.stream() == 1) {
                assertThat(frame.type()).isEqualTo(RST_STREAM);
                assertThat(frame.error()).isEqualTo(FrameClient.REFUSED_STREAM);
                resets++;
            }
        }
        assertThat(resets).isEqualTo(1);
    }

    @Test
    void anUnusedConnectionEnds() throws Exception {
        try (TestServer server = server(false, config -> config.http(http -> http.idleTimeoutMillis(1_500)));
                FrameClient client = FrameClient.begun(server)) {
            client.exchange(1, "GET", "/health", null).is(200);
            assertThat(client.await(GOAWAY).error()).isEqualTo(FrameClient.NO_ERROR);
            assertThat(client.next()).isNull();
            await().until(() -> server.metric(Metric.CONNECTIONS) == 0);
        }
    }

    /** The client has read all that its windows allow, so that the end of its side is all that the server sees. */
    @Test
    void aClientThatEndsItsSideLeavesNothingThatNeedsAWindow() throws Exception {
        try (TestServer server = server()) {
            String path = server.create(TestServer.TEXT, LONG);
            try (FrameClient client = FrameClient.begun(server)) {
                client.request(1, "GET", path + "?live=sse&offset=-1", null);
                client.request(3, "GET", path + "?offset=-1", null);
                client.request(5, "GET", path + "?live=long-poll&offset=now", null);
                int left = 65_535;
                while (left > 0) {
                    left -= client.await(DATA).bytes().length;
                }
                client.exchange(7, "POST", path, "x", TestServer.TEXT).is(204);
                client.endOutput();
                await().until(() -> server.metric(Metric.CONNECTIONS) == 0);
            }
            for (String budget : BUDGETS) {
                await().until(() -> server.used(budget) == 0);
            }
        }
    }

    @Test
    void aClientThatDisconnectsLeavesNothing() throws Exception {
        try (TestServer server = server()) {
            String path = server.create(TestServer.TEXT, LONG);
            try (FrameClient client = FrameClient.begun(server)) {
                for (int stream = 1; stream < 60; stream += 2) {
                    client.request(stream, "GET", path + "?live=sse&offset=-1", null);
                }
                client.send(HEADERS, END_HEADERS, 61, client.block(fields("POST", path, TestServer.TEXT)));
                client.send(DATA, 0, 61, new byte[1_000]);
                client.head(1).is(200);
            }
            await().until(() -> server.metric(Metric.CONNECTIONS) == 0);
            for (String budget : BUDGETS) {
                await().until(() -> server.used(budget) == 0);
            }
        }
    }

    @Test
    void http11IsStillSpokenOnTheSamePort() throws Exception {
        try (TestServer server = server();
                TestConnection slow = server.connect()) {
            for (char c : TestConnection.requestText("PUT", TestServer.path(), "x", TestServer.TEXT)
                    .toCharArray()) {
                slow.send(String.valueOf(c));
            }
            slow.receive().is(201);
            server.get("/health").is(200);
        }
    }
}
