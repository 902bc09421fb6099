package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorShapeTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    @Test
    void anErrorIsJsonThatNamesTheValueAndIsNotKept() {
        Answer refused = SERVER.get(path() + "?offset=here").isError(400, "invalid_offset");

        assertThat(refused.text()).contains("\\\"here\\\"");
        assertThat(refused.field("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void whatAClientSendsCannotBreakTheShape() {
        SERVER.get(path() + "?offset=%22%5C%0A%00%3Cscript%3E").isError(400, "invalid_offset");
        SERVER.post(SERVER.create(JSON, ""), "{\"\\\u0001\":\"", JSON).isError(400, "invalid_json");
    }

    @Test
    void anErrorToHeadHasNoBody() {
        Answer refused = SERVER.head(path()).is(404);

        assertThat(refused.field("Content-Type")).isEqualTo("application/json");
        assertThat(refused.body()).isEmpty();
    }

    @Test
    void aMethodThatIsNotOursIsToldThoseThatAre() {
        Answer refused = SERVER.exchange("TRACE", path(), "x", TEXT).isError(405, "method_not_allowed");

        assertThat(refused.field("Allow")).isEqualTo("GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS");
    }

    @Test
    void aConnectionGoesOnBehindARefusedRequest() throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.exchange("TRACE", path(), "body").is(405);
            connection.exchange("POST", path(), "body", TEXT).is(404);
            connection.exchange("GET", path() + "?offset=x", "").is(400);
            connection.exchange("GET", "/health", "").is(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                "PUT /v1/stream/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "\u0016\u0003\u0001\u0000"
            })
    void aRequestThatMayMeanTwoThingsEndsTheConnection(String bytes) throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send(bytes + "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
            Answer refused = connection.receive().isError(400, "invalid_request");
            assertThat(refused.field("Connection")).isEqualTo("close");
            connection.assertEnds();
        }
    }
}
