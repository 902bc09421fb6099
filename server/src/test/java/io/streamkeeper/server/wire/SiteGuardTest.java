package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a browser sends for pages of other sites. */
class SiteGuardTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config(config -> config.security(
            security -> security.corsOrigins("https://app.example").allowedHosts("me.example"))));

    @RegisterExtension
    static final TestServer OPEN = new TestServer(TestServer.config());

    /** One request with exactly these fields, and no others. */
    private static Answer send(TestServer server, String method, String path, String body, String... fields)
            throws IOException {
        if (server.speaksHttp2()) {
            return server.exchange(method, path, body, fields);
        }
        String head = method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        try (TestConnection connection = server.connect()) {
            connection.send(head.getBytes(StandardCharsets.US_ASCII));
            return connection.input().answer(false);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://localhost:1",
                "https://app.example:443",
                "https://app.example.evil.example",
                "HTTPS://APP.EXAMPLE",
                "null",
                "*",
                "file://",
                "app.example",
                ""
            })
    void aWriteOfAnotherOriginIsRefusedBeforeItIsExecuted(String origin) throws IOException {
        String path = SERVER.create(TEXT, "kept");
        String other = path();

        send(SERVER, "POST", path, "evil", "Host: localhost", TEXT, "Origin: " + origin)
                .isError(403, "origin_not_allowed");
        send(SERVER, "POST", path, "", "Host: localhost", "Stream-Closed: true", "Origin: " + origin)
                .isError(403, "origin_not_allowed");
        send(SERVER, "PUT", other, "evil", "Host: localhost", TEXT, "Origin: " + origin)
                .isError(403, "origin_not_allowed");
        send(SERVER, "DELETE", path, "", "Host: localhost", "Origin: " + origin).isError(403, "origin_not_allowed");

        assertThat(SERVER.get(path).is(200).text()).isEqualTo("kept");
        assertThat(SERVER.get(path).isClosed()).isFalse();
        SERVER.get(other).is(404);
    }

    @Test
    void byDefaultNoOtherOriginWrites() throws IOException {
        String path = OPEN.create(TEXT, "kept");

        send(OPEN, "POST", path, "evil", "Host: localhost", TEXT, "Origin: https://app.example")
                .isError(403, "origin_not_allowed");

        assertThat(OPEN.get(path).text()).isEqualTo("kept");
    }

    @Test
    void anAllowedOriginWrites() throws IOException {
        String path = SERVER.create(TEXT, "a");

        Answer answer = send(SERVER, "POST", path, "b", "Host: localhost", TEXT, "Origin: https://app.example")
                .is(204);

        assertThat(answer.field("Access-Control-Allow-Origin")).isEqualTo("https://app.example");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:4437, http://127.0.0.1:4437",
        "localhost, http://localhost",
        "localhost:80, http://localhost",
        "me.example, https://me.example",
        "me.example:443, https://me.example",
        "[::1]:4437, http://[::1]:4437",
        "LOCALHOST:4437, http://localhost:4437"
    })
    void aPageOfTheServerItselfWrites(String host, String origin) throws IOException {
        String path = OPEN.create(TEXT, "a");
        TestServer server = host.startsWith("me") ? SERVER : OPEN;
        String target = host.startsWith("me") ? SERVER.create(TEXT, "a") : path;

        send(server, "POST", target, "b", "Host: " + host, TEXT, "Origin: " + origin)
                .is(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example:4437",
                "evil.example",
                "localhost.evil.example",
                "me.example.evil.example",
                "127.0.0.1.evil.example",
                "1.2.3",
                "127.0.0.1.x.y"
            })
    void aNameThatResolvesToLoopbackIsNotOneOfTheServer(String host) throws IOException {
        String path = SERVER.create(TEXT, "kept");

        send(SERVER, "GET", path, "", "Host: " + host).isError(403, "host_not_allowed");
        send(SERVER, "DELETE", path, "", "Host: " + host, "Origin: http://" + host)
                .isError(403, "host_not_allowed");
        if (!SERVER.speaksHttp2()) {
            send(SERVER, "GET", "http://" + host + path, "", "Host: localhost").isError(403, "host_not_allowed");
        }
        send(OPEN, "GET", "/health", "", "Host: " + host).isError(403, "host_not_allowed");

        assertThat(SERVER.get(path).text()).isEqualTo("kept");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost.",
                "app.localhost:1",
                "127.0.0.1",
                "10.0.0.7:80",
                "[::1]",
                "me.example",
                "ME.example."
            })
    void addressesAndNamesOfTheServerAreAnswered(String host) throws IOException {
        send(SERVER, "GET", SERVER.create(TEXT, "a"), "", "Host: " + host).is(200);
    }
}
