package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The core of the protocol on each transport that this machine has. */
class TransportTest {
    private TestServer server;

    private static List<Transport> transports() {
        return TestServer.transports().toList();
    }

    private void start(Transport transport) throws IOException {
        server = TestServer.started(TestServer.config(transport));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aStreamIsCreatedAppendedToReadClosedAndDeleted(Transport transport) throws IOException {
        start(transport);
        for (int shard = 0; shard < TestServer.SHARDS; shard++) {
            String path = path(shard);
            server.createAt(path, JSON, "[1]");
            server.appendJson(path, "[2,3]");
            server.closeStream(path);
            Answer read = server.get(path).is(200);
            assertThat(read.text()).isEqualTo("[1,2,3]");
            assertThat(read.isClosed()).isTrue();
            server.delete(path).is(204);
            server.get(path).is(404);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void liveReadersAreTold(Transport transport) throws IOException {
        start(transport);
        String path = server.create(TEXT, "");
        String tail = server.head(path).nextOffset();
        try (TestConnection waiting = server.connect();
                EventReader events = server.events(path, "-1")) {
            events.control();
            waiting.request("GET", path + "?live=long-poll&offset=" + tail, "");
            server.append(path, "news");
            assertThat(waiting.receive().is(200).text()).isEqualTo("news");
            assertThat(events.data().data()).isEqualTo("news");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void forksReachAcrossShards(Transport transport) throws IOException {
        start(transport);
        String source = path(0);
        String fork = path(1);
        server.createAt(source, TEXT, "abc");
        server.put(fork, "def", TEXT, "Stream-Forked-From: " + source).is(201);

        assertThat(server.get(fork).text()).isEqualTo("abcdef");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void requestsWithoutWaitingAreAnsweredInOrder(Transport transport) throws IOException {
        start(transport);
        String path = server.create(TEXT, "");
        try (TestConnection connection = server.connect()) {
            connection.send(TestConnection.requestText("POST", path, "x", TEXT).repeat(500));
            for (int i = 1; i <= 500; i++) {
                assertThat(connection.receive().is(204).nextOffset()).endsWith(String.format("_%016d", 2 * i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aLongStreamGoesThroughWhole(Transport transport) throws IOException {
        start(transport);
        String part = "0123456789abcdef".repeat(1 << 16);
        String path = server.create(TEXT, "");
        for (int i = 0; i < 8; i++) {
            server.append(path, part);
        }
        StringBuilder all = new StringBuilder();
        Answer page = server.get(path);
        all.append(page.text());
        while (!page.isUpToDate()) {
            page = server.get(path + "?offset=" + page.nextOffset());
            all.append(page.text());
        }
        assertThat(all.toString().equals(part.repeat(8))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aRefusalArrivesBeforeTheConnectionEnds(Transport transport) throws IOException {
        start(transport);
        try (TestConnection connection = server.connect()) {
            connection.send("POST " + path() + " HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n");
            connection.send("x".repeat(1 << 20));
            connection.receive().isError(413, "body_too_large");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anOrdinaryClientIsServed(Transport transport) throws Exception {
        start(transport);
        HttpClient client = HttpClient.newHttpClient();
        URI uri = URI.create(server.server().url() + "ordinary");
        HttpRequest put = HttpRequest.newBuilder(uri)
                .header("Content-Type", "text/plain")
                .PUT(HttpRequest.BodyPublishers.ofString("abc"))
                .build();
        assertThat(client.send(put, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(201);
        HttpResponse<String> read =
                client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(read.body()).isEqualTo("abc");
        assertThat(read.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }
}
