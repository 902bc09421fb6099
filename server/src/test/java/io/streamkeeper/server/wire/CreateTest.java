package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    @Test
    void aNewStreamAnswersWithItsPlaceTypeAndTail() {
        String path = path();
        Answer created = SERVER.put(path, "", TEXT).is(201);

        assertThat(created.field("Location")).isEqualTo("http://test" + path);
        assertThat(created.field("Content-Type")).isEqualTo("text/plain");
        assertThat(created.nextOffset()).endsWith("_0000000000000000");
        assertThat(created.isClosed()).isFalse();
    }

    @Test
    void aStreamWithoutATypeIsOfOctets() {
        assertThat(SERVER.put(path(), "").is(201).field("Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void aBodyIsTheFirstContent() {
        String path = SERVER.create(TEXT, "first");

        assertThat(SERVER.get(path).is(200).text()).isEqualTo("first");
    }

    @Test
    void aBodyMayComeInChunks() throws IOException {
        String path = path();
        try (TestConnection connection = SERVER.connect()) {
            connection.send("PUT " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
            connection.receive().is(201);
        }
        assertThat(SERVER.get(path).text()).isEqualTo("abcde");
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOn() throws IOException {
        String path = path();
        try (TestConnection connection = SERVER.connect()) {
            connection.send("PUT " + path + " HTTP/1.1\r\nHost: test\r\n" + TEXT
                    + "\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            connection.receive().is(100);
            connection.send("abc");
            connection.receive().is(201);
        }
        assertThat(SERVER.get(path).text()).isEqualTo("abc");
    }

    @Test
    void creatingTheSameAgainChangesNothing() {
        String path = SERVER.create(TEXT, "first", "Stream-TTL: 60");
        String tail = SERVER.head(path).nextOffset();

        Answer again = SERVER.put(path, "second", TEXT, "Stream-TTL: 60").is(200);

        assertThat(again.nextOffset()).isEqualTo(tail);
        assertThat(again.field("Location")).isNull();
        assertThat(SERVER.get(path).text()).isEqualTo("first");
    }

    @Test
    void theTypeIsComparedWithoutCase() {
        String path = SERVER.create(TEXT, "");

        SERVER.put(path, "", "Content-Type: TEXT/Plain").is(200);
    }

    @Test
    void creatingWithAnotherConfigurationIsAConflict() {
        String path = SERVER.create(TEXT, "", "Stream-TTL: 60");

        SERVER.put(path, "", JSON, "Stream-TTL: 60").isError(409, "stream_exists");
        SERVER.put(path, "", TEXT).isError(409, "stream_exists");
        SERVER.put(path, "", TEXT, "Stream-TTL: 61").isError(409, "stream_exists");
        SERVER.put(path, "", TEXT, "Stream-Expires-At: 2100-01-01T00:00:00Z").isError(409, "stream_exists");
        SERVER.put(path, "", TEXT, "Stream-TTL: 60", "Stream-Closed: true").isError(409, "stream_exists");
        SERVER.put(path, "", TEXT, "Stream-TTL: 60").is(200);
    }

    @Test
    void oneMomentInTwoTimeZonesIsOneExpiry() {
        String path = SERVER.create(TEXT, "", "Stream-Expires-At: 2100-01-01T00:00:00Z");

        SERVER.put(path, "", TEXT, "Stream-Expires-At: 2100-01-01T01:00:00.000+01:00")
                .is(200);
    }

    @Test
    void aStreamMayBeCreatedClosed() {
        String path = path();
        Answer created =
                SERVER.put(path, "all of it", TEXT, "Stream-Closed: TRUE").is(201);

        assertThat(created.isClosed()).isTrue();
        assertThat(SERVER.get(path).isClosed()).isTrue();
        SERVER.post(path, "more", TEXT).isError(409, "stream_closed");
        SERVER.put(path, "", TEXT, "Stream-Closed: true").is(200);
        SERVER.put(path, "", TEXT).isError(409, "stream_exists");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "1", "false"})
    void closureByAnyOtherWordIsNone(String word) {
        assertThat(SERVER.put(path(), "", TEXT, "Stream-Closed: " + word)
                        .is(201)
                        .isClosed())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"+60", "060", "60.0", "6e1", "-1", "x"})
    void aTtlThatIsNoPlainIntegerIsRefused(String ttl) {
        SERVER.put(path(), "", TEXT, "Stream-TTL: " + ttl).isError(400, "invalid_header");
    }

    @Test
    void twoExpiriesAreRefused() {
        SERVER.put(path(), "", TEXT, "Stream-TTL: 1", "Stream-Expires-At: 2100-01-01T00:00:00Z")
                .isError(400, "invalid_header");
    }

    @Test
    void aTypeThatIsNoneIsRefused() {
        SERVER.put(path(), "", "Content-Type: nothing").isError(400, "invalid_header");
    }

    @Test
    void aRefusedCreateLeavesNothing() {
        String path = path();
        SERVER.put(path, "[1,", JSON).isError(400, "invalid_json");

        SERVER.head(path).is(404);
    }

    @Test
    void aPathThatWasDeletedMayBeCreatedAnew() {
        String path = path();
        String before = SERVER.createAt(path, TEXT, "a");
        SERVER.delete(path).is(204);
        SERVER.get(path).isError(404, "stream_not_found");

        String after = SERVER.createAt(path, BINARY, "b");

        assertThat(after).isGreaterThan(before);
        assertThat(SERVER.get(path).text()).isEqualTo("b");
    }
}
