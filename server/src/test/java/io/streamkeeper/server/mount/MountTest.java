package io.streamkeeper.server.mount;

import static io.streamkeeper.server.mount.MountingServer.JSON;
import static io.streamkeeper.server.mount.MountingServer.ROOT;
import static io.streamkeeper.server.mount.MountingServer.TEXT;
import static io.streamkeeper.server.mount.MountingServer.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpServerCodec;
import io.streamkeeper.server.wire.Answer;
import io.streamkeeper.server.wire.TestConnection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Single requests below the mount's path, and others beside them. */
class MountTest {
    @RegisterExtension
    static final MountingServer SERVER = new MountingServer();

    @Test
    void aStreamIsCreatedAppendedToReadDescribedAndDeleted() {
        String path = path();

        Answer created = SERVER.exchange("PUT", path, "[1]", JSON).is(201);
        assertThat(created.field("Location")).isEqualTo("http://test" + path);
        SERVER.append(path, "[2,3]", JSON);
        Answer read = SERVER.get(path).is(200);
        assertThat(read.text()).isEqualTo("[1,2,3]");
        assertThat(read.isUpToDate()).isTrue();
        Answer head = SERVER.exchange("HEAD", path, "").is(200);
        assertThat(head.nextOffset()).isEqualTo(read.nextOffset());
        SERVER.exchange("DELETE", path, "").is(204);
        SERVER.get(path).isError(404, "stream_not_found");
        assertThat(SERVER.takeSeen()).isEmpty();
    }

    @Test
    void everythingElseGoesToTheOtherHandlers() {
        assertThat(SERVER.get("/hello").is(200).text()).isEqualTo("GET /hello ");
        assertThat(SERVER.exchange("POST", "/api/streams", "abc").text()).isEqualTo("POST /api/streams abc");
        assertThat(SERVER.get("/api").text()).isEqualTo("GET /api ");
        assertThat(SERVER.get("/?x=" + ROOT).text()).isEqualTo("GET /?x=" + ROOT + " ");
        assertThat(SERVER.exchange("OPTIONS", "*", "").text()).isEqualTo("OPTIONS * ");
        assertThat(SERVER.takeSeen())
                .containsExactly("GET /hello", "POST /api/streams", "GET /api", "GET /?x=" + ROOT, "OPTIONS *");
    }

    @Test
    void aConnectionServesBothInTurn() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(connection.exchange("GET", path, "").is(200).text()).isEqualTo("abc");
                assertThat(connection.exchange("GET", "/hello", "").text()).isEqualTo("GET /hello ");
                connection.exchange("HEAD", path, "").is(200);
                connection.exchange("HEAD", "/hello", "").is(200);
            }
        }
        SERVER.takeSeen();
    }

    @Test
    void aTargetWithSchemeAndHostIsFoundToo() {
        String path = SERVER.create(TEXT, "abc");

        assertThat(SERVER.get("http://test" + path).is(200).text()).isEqualTo("abc");
    }

    @Test
    void aLongTextIsCompressedForWhoAsks() throws IOException {
        String text = "a long text ".repeat(10_000);
        String path = SERVER.create(TEXT, text);

        Answer read = SERVER.get(path, "Accept-Encoding: gzip").is(200);

        assertThat(read.field("Content-Encoding")).isEqualTo("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(read.body()))) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(text);
        }
    }

    @Test
    void anUnchangedBodyIsNotSentAgain() {
        String path = SERVER.create(TEXT, "abc");
        String tag = SERVER.get(path).field("ETag");

        SERVER.get(path, "If-None-Match: " + tag).is(304);
    }

    @Test
    void whatStreamkeeperRefusesIsRefusedAsEverywhere() {
        SERVER.exchange("TRACE", path(), "").isError(405, "method_not_allowed");
        SERVER.exchange("POST", path(), "", TEXT).isError(400, "empty_body");
        SERVER.get(ROOT + "a%2").isError(400, "invalid_path");
        SERVER.exchange("PUT", path(), "x", TEXT, "Expect: 200-maybe").isError(417, "expectation_failed");
    }

    @Test
    void aRequestThatTheCodecCannotReadIsForTheOtherHandlers() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send("GET " + path() + " HTTP/1.1\r\nHost: test\r\nX: " + "x".repeat(9_000) + "\r\n\r\n");
            assertThat(connection.receive().is(400).text()).isEqualTo("unreadable");
        }
        assertThat(SERVER.takeSeen()).hasSize(1);
    }

    @Test
    void anOldClientIsServed() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.send("GET " + path + " HTTP/1.0\r\n\r\n");
            assertThat(connection.receive().is(200).text()).isEqualTo("abc");
            connection.assertEnds();
        }
        try (TestConnection connection = SERVER.connect()) {
            connection.send("GET " + path + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(connection.receive().is(200).text()).isEqualTo("abc");
            assertThat(connection.exchange("GET", "/hello", "").text()).isEqualTo("GET /hello ");
        }
        SERVER.takeSeen();
    }

    @Test
    void aClientThatAsksForTheEndGetsIt() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            Answer answer =
                    connection.exchange("GET", path, "", "Connection: close").is(200);
            assertThat(answer.field("Connection")).isEqualTo("close");
            connection.assertEnds();
        }
    }

    @Test
    void aMountMayLeaveThePipeline() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.exchange("GET", path, "").is(200);
            SERVER.lastOuter().pipeline().remove(MountHandler.class);
            assertThat(connection.exchange("GET", path, "").text()).isEqualTo("GET " + path + " ");
            assertThat(SERVER.lastOuter().pipeline().get(HttpServerCodec.class)).isNotNull();
        }
        assertThat(SERVER.takeSeen()).containsExactly("GET " + path);
    }
}
