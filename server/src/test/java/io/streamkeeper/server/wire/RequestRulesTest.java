package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request's head may say, and what is answered to it: nothing that changes its meaning is dropped. */
class RequestRulesTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static Answer send(String bytes) throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send(bytes);
            return connection.receive();
        }
    }

    private static Answer create(String target, String version, String fields) throws IOException {
        return send("PUT " + target + " " + version + "\r\n" + fields + "Content-Length: 0\r\n\r\n");
    }

    private static String listener() {
        return "http://127.0.0.1:" + SERVER.server().address().getPort();
    }

    // ---- Host and Location ----

    @ParameterizedTest
    @ValueSource(strings = {"http:///", "$(x)", "a b", "a/b", "u@h", "a:b", "%41", "::1"})
    void aHostThatIsNoneIsRefused(String host) throws IOException {
        create(path(), "HTTP/1.1", "Host: " + host + "\r\n").isError(400, "invalid_request");
    }

    @Test
    void aLocationNamesTheHostOfTheRequest() throws IOException {
        String path = path();

        Answer created =
                create(path, "HTTP/1.1", "Host: [2001:db8::1]:8080\r\n").is(201);

        assertThat(created.field("Location")).isEqualTo("http://[2001:db8::1]:8080" + path);
    }

    @Test
    void theHostOfAnAbsoluteTargetWinsOverTheField() throws IOException {
        String path = path();

        Answer created =
                create("http://named:1" + path, "HTTP/1.1", "Host: other\r\n").is(201);

        assertThat(created.field("Location")).isEqualTo("http://named:1" + path);
    }

    @Test
    void aLocationNamesTheListenerWhereTheRequestNamesNoHost() throws IOException {
        String empty = path();
        String missing = path();

        assertThat(create(empty, "HTTP/1.1", "Host:\r\n").is(201).field("Location"))
                .isEqualTo(listener() + empty);
        assertThat(create(missing, "HTTP/1.0", "").is(201).field("Location")).isEqualTo(listener() + missing);
    }

    // ---- the version ----

    @Test
    void aHigherMinorVersionIsAnsweredAs11() throws IOException {
        assertThat(send("GET /health HTTP/1.7\r\nHost: a\r\n\r\n").is(200).field("Connection"))
                .isNull();
    }

    // ---- cursors ----

    @ParameterizedTest
    @ValueSource(strings = {"1000000000000000", "9223372036854775807", "99999999999999999999999999999999"})
    void aCursorIsExceededHoweverManyDigitsItHas(String cursor) throws IOException {
        String path = SERVER.create(TEXT, "a");

        Answer polled = SERVER.get(path + "?offset=-1&live=long-poll&cursor=" + cursor);
        assertThat(new BigInteger(String.valueOf(polled.field("Stream-Cursor"))))
                .isGreaterThan(new BigInteger(cursor));

        try (EventReader events = SERVER.events(path, "-1&cursor=" + cursor)) {
            events.next();
            String control = events.next().data();
            String digits = control.replaceFirst(".*\"streamCursor\":\"([0-9]+)\".*", "$1");
            assertThat(new BigInteger(digits)).isGreaterThan(new BigInteger(cursor));
        }
    }

    @Test
    void aCursorThatIsTooLongToExceedIsRefused() {
        String path = SERVER.create(TEXT, "a");

        SERVER.get(path + "?offset=-1&live=long-poll&cursor=" + "9".repeat(33)).isError(400, "invalid_parameter");
    }

    // ---- types that a browser would run ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "TEXT/HTML; charset=utf-8",
                "image/svg+xml",
                "application/xhtml+xml",
                "application/xml",
                "text/xml",
                "application/rss+xml"
            })
    void aStreamThatABrowserWouldRunGoesOutInASandbox(String type) {
        String path = SERVER.create("Content-Type: " + type, "<script>alert(1)</script>");

        assertThat(SERVER.get(path).field("Content-Security-Policy")).isEqualTo("sandbox");
        assertThat(SERVER.get(path + "?offset=-1&live=long-poll").field("Content-Security-Policy"))
                .isEqualTo("sandbox");
    }

    @Test
    void aStreamOfAnotherTypeHasNoPolicy() {
        assertThat(SERVER.get(SERVER.create(JSON, "1")).field("Content-Security-Policy"))
                .isNull();
    }

    // ---- lists and repeated fields ----

    @Test
    void severalLinesOfIfNoneMatchAreOneList() {
        String path = SERVER.create(TEXT, "a");
        String tag = SERVER.get(path).field("ETag");

        SERVER.get(path, "If-None-Match: \"x\"", "If-None-Match: " + tag).is(304);
        SERVER.get(path, "If-None-Match: \"x\"", "If-None-Match: \"y\"").is(200);
    }

    @Test
    void streamClosedMayBeSentTwice() {
        String path = SERVER.create(TEXT, "a");

        SERVER.post(path, "", "Stream-Closed: true", "Stream-Closed: TRUE").is(204);

        assertThat(SERVER.head(path).isClosed()).isTrue();
    }

    // ---- the moment of an end ----

    @Test
    void aLeapSecondIsAMoment() {
        String path = path();

        SERVER.put(path, "", TEXT, "Stream-Expires-At: 2037-12-31T23:59:60Z").is(201);

        assertThat(SERVER.head(path).field("Stream-Expires-At")).isEqualTo("2038-01-01T00:00:00.000Z");
    }

    // ---- JSON ----

    @Test
    void jsonThatIsNestedTooDeepIsToldSo() {
        Answer refused =
                SERVER.post(SERVER.create(JSON, ""), "[".repeat(1_001), JSON).isError(400, "invalid_json");

        assertThat(refused.text()).contains("deeper than 1000 levels").doesNotContain("Document", "StreamRead");
    }
}
