package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LimitsTest {
    private static final int REQUEST_LINE_BYTES_MAX = 200;
    private static final int HEADER_BYTES_MAX = 400;
    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final int IN_FLIGHT_REQUESTS_MAX = 8;

    @RegisterExtension
    static final TestServer SERVER = new TestServer(limits(10_000, 10_000, 60_000));

    private static ServerConfig limits(long headerMillis, long bodyMillis, long idleMillis) {
        return TestServer.config(config -> config.http(http -> http.requestLineBytesMax(REQUEST_LINE_BYTES_MAX)
                .headerBytesMax(HEADER_BYTES_MAX)
                .bodyBytesMax(BODY_BYTES_MAX)
                .inFlightRequestsMax(IN_FLIGHT_REQUESTS_MAX)
                .headerTimeoutMillis(headerMillis)
                .bodyStallTimeoutMillis(bodyMillis)
                .idleTimeoutMillis(idleMillis)));
    }

    /** Sends and sends, until the other end has closed the connection or {@code bytes} are sent. */
    private static void sendOn(TestConnection connection, long bytes) throws IOException {
        byte[] block = new byte[64 << 10];
        Arrays.fill(block, (byte) 'x');
        try {
            for (long sent = 0; sent < bytes; sent += block.length) {
                connection.send(block);
            }
        } catch (SocketException e) {
            // The server has had enough: what it said before is still to be read.
        }
    }

    // ---- sizes ----

    @Test
    void aBodyThatSaysItIsTooLargeIsRefusedWhileItIsSent() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send(
                    "POST " + path() + " HTTP/1.1\r\nHost: a\r\n" + TEXT + "\r\nContent-Length: 999999999\r\n\r\n");
            sendOn(connection, 8 << 20);
            Answer refused = connection.receive().isError(413, "body_too_large");
            assertThat(refused.field("Connection")).isEqualTo("close");
        }
    }

    @Test
    void aBodyOfChunksThatGetsTooLargeIsRefusedWhileItIsSent() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send("POST " + path() + " HTTP/1.1\r\nHost: a\r\n" + TEXT
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n10000000\r\n");
            sendOn(connection, 8 << 20);
            connection.receive().isError(413, "body_too_large");
        }
    }

    @Test
    void aClientThatAsksBeforeItSendsIsToldThatItIsTooMuch() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send("POST " + path()
                    + " HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\nExpect: 100-continue\r\n\r\n");
            connection.receive().isError(413, "body_too_large");
            connection.assertEnds();
        }
    }

    @Test
    void theLargestBodyIsTaken() {
        String path = SERVER.create(TEXT, "x".repeat(BODY_BYTES_MAX));

        assertThat(SERVER.get(path).text()).hasSize(BODY_BYTES_MAX);
    }

    @Test
    void aRequestLineThatIsTooLongIsRefusedWhileItIsSent() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send("GET /");
            sendOn(connection, 4 << 20);
            connection.receive().isError(414, "uri_too_long");
        }
    }

    @Test
    void fieldsThatAreTooLargeAreRefusedWhileTheyAreSent() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
            sendOn(connection, 4 << 20);
            connection.receive().isError(431, "headers_too_large");
        }
    }

    @Test
    void theEarlierRequestsAreAnsweredBeforeTheRefusal() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.request("GET", path, "");
            connection.send("GET /" + "x".repeat(REQUEST_LINE_BYTES_MAX) + " HTTP/1.1\r\n");
            assertThat(connection.receive().is(200).text()).isEqualTo("abc");
            connection.receive().isError(414, "uri_too_long");
            connection.assertEnds();
        }
    }

    @Test
    void theMemoryForStreamsIsBounded() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(config ->
                config.data(data -> data.durability(Durability.MEMORY)).memoryBytesMax(8 << 20)))) {
            String path = server.create(TEXT, "");
            String body = "x".repeat(1 << 20);
            int taken = 0;
            Answer answer = server.post(path, body, TEXT);
            while (answer.status() == 204) {
                taken++;
                assertThat(taken).isLessThan(20);
                answer = server.post(path, body, TEXT);
            }
            answer.isError(507, "storage_full");
            assertThat(server.get(path).body()).hasSize(taken << 20);
            String tail = server.head(path).nextOffset();
            assertThat(tail).endsWith(String.format("_%016d", (2L * taken) << 20));
            server.delete(path).is(204);
            String anew = server.create(TEXT, "");
            await().until(() -> server.post(anew, body, TEXT).status() == 204);
        }
    }

    // ---- times ----

    @Test
    void aHeadThatDoesNotComeInTimeIsRefused() throws IOException {
        try (TestServer server = TestServer.started(limits(100, 10_000, 60_000))) {
            try (TestConnection connection = server.connect()) {
                connection.send("GET / HTTP/1.1\r\nHost:");
                connection.receive().isError(408, "request_timeout");
                connection.assertEnds();
            }
        }
    }

    @Test
    void aBodyThatStallsIsRefused() throws IOException {
        try (TestServer server = TestServer.started(limits(10_000, 100, 60_000))) {
            try (TestConnection connection = server.connect()) {
                connection.send("POST /v1/stream/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
                connection.receive().isError(408, "request_timeout");
                connection.assertEnds();
            }
        }
    }

    @Test
    void aConnectionThatNobodyUsesIsClosedAndOneThatWaitsIsNot() throws IOException {
        try (TestServer server = TestServer.started(limits(10_000, 10_000, 500))) {
            String path = server.create(TEXT, "");
            try (TestConnection idle = server.connect();
                    TestConnection waiting = server.connect()) {
                waiting.request("GET", path + "?live=long-poll&offset=now&timeout=1.2", "");
                idle.exchange("GET", path, "").is(200);
                idle.assertEnds();
                waiting.receive().is(204);
                waiting.assertEnds();
            }
        }
    }

    @Test
    void aClientThatTakesNothingIsLetGo() throws IOException {
        try (TestServer server = TestServer.started(limits(10_000, 10_000, 300))) {
            String path = server.create(TEXT, "x".repeat(BODY_BYTES_MAX));
            try (TestConnection connection = server.connect(4_096)) {
                for (int i = 0; i < IN_FLIGHT_REQUESTS_MAX; i++) {
                    connection.request("GET", path, "");
                }
                await().until(() -> isBroken(connection));
            }
        }
    }

    private static boolean isBroken(TestConnection connection) {
        try {
            connection.send("\r\n");
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    // ---- numbers ----

    @Test
    void oneConnectionTooManyIsClosedAndTheOthersAreServed() throws IOException {
        ServerConfig two = TestServer.config(config -> config.listen(listen -> listen.connectionsMax(2)));
        try (TestServer server = TestServer.started(two)) {
            try (TestConnection first = server.connect();
                    TestConnection second = server.connect()) {
                first.exchange("GET", "/health", "").is(200);
                second.exchange("GET", "/health", "").is(200);
                try (TestConnection third = server.connect()) {
                    third.assertEnds();
                }
                first.exchange("GET", "/health", "").is(200);
            }
            await().until(() -> isServed(server));
        }
    }

    private static boolean isServed(TestServer server) {
        try (TestConnection connection = server.connect()) {
            return connection.exchange("GET", "/health", "").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void thousandsOfRequestsInOneGoAreAnsweredInOrder() throws IOException {
        String path = SERVER.create(TEXT, "");
        int count = 5_000;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < count; i++) {
            requests.append(TestConnection.requestText("POST", path, "x", TEXT));
        }
        try (TestConnection connection = SERVER.connect()) {
            Thread sender = new Thread(() -> sendAll(connection, requests.toString()));
            sender.start();
            for (int i = 1; i <= count; i++) {
                assertThat(connection.receive().is(204).nextOffset()).endsWith(String.format("_%016d", 2 * i));
            }
        }
    }

    private static void sendAll(TestConnection connection, String text) {
        try {
            connection.send(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void requestsBehindAPollAreAnsweredInOrderThoughTheyAreMoreThanMayWait() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        String tail = SERVER.head(path).nextOffset();
        int count = 20 * IN_FLIGHT_REQUESTS_MAX;
        StringBuilder requests =
                new StringBuilder(TestConnection.requestText("GET", path + "?live=long-poll&offset=" + tail, ""));
        for (int i = 0; i < count; i++) {
            requests.append(TestConnection.requestText("GET", "/v1/stream/none" + i, ""));
        }
        try (TestConnection connection = SERVER.connect()) {
            connection.send(requests.toString());
            SERVER.append(path, "d");
            assertThat(connection.receive().is(200).text()).isEqualTo("d");
            for (int i = 0; i < count; i++) {
                assertThat(connection.receive().is(404).text()).contains("none" + i + "\\\"");
            }
        }
    }

    @Test
    void aConnectionIsNotReadWhileTooManyOfItsRequestsWait() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        String poll = TestConnection.requestText("GET", path + "?live=long-poll&offset=now", "");
        byte[] block = poll.repeat(1_000).getBytes(US_ASCII);
        AtomicLong sent = new AtomicLong();
        try (TestConnection connection = SERVER.connect()) {
            Thread sender = new Thread(() -> {
                try {
                    while (sent.get() < 256 << 20) {
                        connection.send(block);
                        sent.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    // The test has closed the connection.
                }
            });
            sender.start();
            AtomicLong seen = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(250)).until(() -> seen.getAndSet(sent.get()) == sent.get());
        }
        assertThat(sent.get()).isLessThan(64 << 20);
    }

    // ---- slow readers ----

    @Test
    void aSubscriberThatStallsCostsLittleAndThenGetsEverything() throws IOException {
        int parts = 64;
        String path = SERVER.create(TEXT, "");
        try (TestConnection connection = SERVER.connect(64 << 10)) {
            EventReader events = connection.events(path + "?live=sse&offset=-1");
            events.control();
            long before = allocatedBytes();
            for (int i = 0; i < parts; i++) {
                SERVER.append(path, part(i));
            }
            assertThat(allocatedBytes() - before).isLessThan(16 << 20);
            StringBuilder all = new StringBuilder(1 << 20);
            for (int i = 0; i < parts; i++) {
                String expected = part(i);
                while (all.length() < expected.length()) {
                    all.append(events.data().data());
                }
                assertThat(all.substring(0, expected.length()).equals(expected))
                        .as("part " + i)
                        .isTrue();
                all.delete(0, expected.length());
            }
            assertThat(all.length()).isZero();
            SERVER.append(path, "more");
            assertThat(events.data().data()).isEqualTo("more");
        }
    }

    private static String part(int number) {
        return String.format("%08d", number * 7_919).repeat(BODY_BYTES_MAX / 8);
    }

    private static long allocatedBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
