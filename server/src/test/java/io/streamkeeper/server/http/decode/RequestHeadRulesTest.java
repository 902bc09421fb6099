package io.streamkeeper.server.http.decode;

import static io.streamkeeper.server.http.decode.DecodingConnection.decoded;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.HttpLimits;
import io.streamkeeper.server.http.request.HeaderName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the decoder refuses of a head: all that two parties could read in two ways, and what is too large. */
class RequestHeadRulesTest {
    private static final HttpLimits SMALL = new HttpLimits(64, 128, 100, 4, 1000, 2000, 3000);

    private static List<String> head(String fields) {
        return decoded("PUT /a HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
    }

    private static void assertRefused(List<String> events, int status) {
        assertThat(events).singleElement().asString().startsWith(status + " ");
    }

    private static void assertTaken(List<String> events) {
        assertThat(events).singleElement().asString().doesNotMatch("(?s)\\d{3} .*");
    }

    @Test
    void contentLengthWithTransferEncodingIsRefused() {
        assertRefused(head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
        assertRefused(head("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), 400);
        assertRefused(head("Transfer-Encoding: gzip\r\nContent-Length: 0\r\n"), 400);
    }

    @Test
    void aSecondContentLengthIsRefusedEvenIfItIsEqual() {
        assertRefused(head("Content-Length: 0\r\nContent-Length: 0\r\n"), 400);
        assertRefused(head("Content-Length: 0\r\ncontent-length: 1\r\n"), 400);
        assertRefused(head("Content-Length: 0, 0\r\n"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+1",
                "-1",
                "1.0",
                "0x1",
                "1e3",
                "1 1",
                "a",
                "\u00b2",
                "1;",
                "9223372036854775808",
                "18446744073709551617",
                "0000000000000000001"
            })
    void aContentLengthThatIsNotAFewDigitsIsRefused(String value) {
        assertRefused(head("Content-Length: " + value + "\r\n"), 400);
    }

    @Test
    void aTransferCodingOtherThanChunkedIsNotImplemented() {
        assertRefused(head("Transfer-Encoding: gzip\r\n"), 501);
        assertRefused(head("Transfer-Encoding: gzip, chunked\r\n"), 501);
        assertRefused(head("Transfer-Encoding: chunked, chunked\r\n"), 501);
        assertRefused(head("Transfer-Encoding: xchunked\r\n"), 501);
        assertRefused(head("Transfer-Encoding: chunked;q=1\r\n"), 501);
        assertRefused(head("Transfer-Encoding: \"chunked\"\r\n"), 501);
        assertRefused(head("Transfer-Encoding:\r\n"), 501);
    }

    @Test
    void aSecondTransferEncodingIsRefused() {
        assertRefused(head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
    }

    @Test
    void transferEncodingWithHttp10IsRefused() {
        assertRefused(decoded("PUT /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
    }

    @Test
    void aFoldedLineIsRefused() {
        assertRefused(head("Stream-Seq: a\r\n b\r\n"), 400);
        assertRefused(head("Stream-Seq: a\r\n\tb: c\r\n"), 400);
        assertRefused(decoded("GET /a HTTP/1.1\r\n Host: x\r\n\r\n"), 400);
    }

    @Test
    void aBareLineFeedIsRefused() {
        assertRefused(decoded("GET /a HTTP/1.1\nHost: x\r\n\r\n"), 400);
        assertRefused(decoded("\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
        assertRefused(head("A: b\nC: d\r\n"), 400);
        assertRefused(head("A: b\r\n\n"), 400);
        assertRefused(decoded("GET /a HTTP/1.1\r\nHost: x\r\n\n"), 400);
    }

    @Test
    void aBareCarriageReturnIsRefused() {
        assertRefused(decoded("GET /a HTTP/1.1\rHost: x\r\n\r\n"), 400);
        assertRefused(decoded("GET /a HTTP/1.1\r\r\nHost: x\r\n\r\n"), 400);
        assertRefused(head("A: b\rC: d\r\n"), 400);
        assertRefused(head("A: b\r\r\n"), 400);
        assertRefused(head("A\r: b\r\n"), 400);
        assertRefused(head("\r\r\n"), 400);
    }

    @Test
    void whitespaceBeforeAColonIsRefused() {
        assertRefused(head("A : b\r\n"), 400);
        assertRefused(head("Transfer-Encoding\t: chunked\r\n"), 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {": b", "A", "A b", "A(: b", "A\u00e4: b", "\"A\": b", "A@b: c", "A\u0000: c"})
    void aFieldWithoutANameThatIsATokenIsRefused(String line) {
        assertRefused(head(line + "\r\n"), 400);
    }

    @Test
    void controlCharactersInAValueAreRefused() {
        for (char c = 0; c < 0x20; c++) {
            if (c != '\t' && c != '\n') {
                assertRefused(head("A: b" + c + "c\r\n"), 400);
            }
        }
        assertRefused(head("A: b\u007fc\r\n"), 400);
    }

    @Test
    void aTabWithinAValueIsTaken() {
        assertTaken(head("Stream-Seq: a\tb\r\n"));
    }

    @Test
    void http11WithoutHostIsRefused() {
        assertRefused(decoded("GET /a HTTP/1.1\r\n\r\n"), 400);
        assertRefused(decoded("GET http://x/a HTTP/1.1\r\n\r\n"), 400);
    }

    @Test
    void http10WithoutHostIsTaken() {
        assertTaken(decoded("GET /a HTTP/1.0\r\n\r\n"));
    }

    @Test
    void aSecondHostIsRefused() {
        assertRefused(head("Host: x\r\n"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a/b",
                "a\\b",
                "u@h",
                "a?b",
                "a#b",
                "<a>",
                "\"a\"",
                "\u00e4",
                "http:///",
                "$(x)",
                "%41",
                "a:b",
                "a:65536",
                "a:123456",
                "a:1:2",
                ":80",
                "::1",
                "[::1",
                "[::1]x",
                "[x]",
                "[::1%25eth0]",
                "a,b"
            })
    void aHostThatIsNotAnAuthorityIsRefused(String host) {
        assertRefused(decoded("GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost:4437", "[::1]:80", "[2001:db8::1]", "127.0.0.1:", "a-b.c_d.", "a:65535"})
    void aHostThatIsAnAuthorityIsTaken(String host) {
        assertTaken(decoded("GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
    }

    @Test
    void aSecondLineOfAFieldThatIsNotAListIsRefused() {
        for (HeaderName name : HeaderName.values()) {
            List<String> events = head(name.text() + ": 1\r\n" + name.text() + ": 1\r\n");
            if (!name.isList() && name != HeaderName.STREAM_CLOSED) {
                assertRefused(events, 400);
            }
        }
    }

    @Test
    void streamClosedMayBeRepeatedWithTheSameValueOnly() {
        assertTaken(head("Stream-Closed: true\r\nStream-Closed: True\r\n"));
        assertRefused(head("Stream-Closed: true\r\nStream-Closed: false\r\n"), 400);
    }

    @Test
    void aSecondLineOfAnUnknownFieldIsTaken() {
        assertTaken(head("A: b\r\nA: b\r\n"));
    }

    @Test
    void anotherExpectationCannotBeMet() {
        assertRefused(head("Expect: 200-ok\r\n"), 417);
        assertRefused(head("Expect: 100-continue, x\r\n"), 417);
        assertRefused(head("Expect:\r\n"), 417);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " /a HTTP/1.1",
                "/a HTTP/1.1",
                "GET",
                "GET ",
                "GET /a",
                "GET /a ",
                "GET  /a HTTP/1.1",
                "GET /a  HTTP/1.1",
                "GET /a HTTP/1.1 ",
                "GET /a HTTP/1",
                "GET /a HTTP/1.",
                "GET /a HTTP/11",
                "GET /a HTTP/1.1.1",
                "GET /a http/1.1",
                "GET /a HTTP/a.1",
                "GET /a HTTP 1.1",
                "GET /a XTTP/1.1",
                "GET\t/a HTTP/1.1",
                "G@T /a HTTP/1.1",
                "GET /a\tHTTP/1.1",
                "GET a HTTP/1.1",
                "GET /a#b HTTP/1.1",
                "GET /\u00e4 HTTP/1.1",
                "GET /a\u007f HTTP/1.1",
                "GET /a\u0000 HTTP/1.1",
                "GET * HTTP/1.1",
                "OPTIONS ** HTTP/1.1",
                "CONNECT x:80 HTTP/1.1",
                "GET http:/x HTTP/1.1",
                "GET http:// HTTP/1.1",
                "GET http:///a HTTP/1.1",
                "GET ftp://x/a HTTP/1.1",
                "GET http://u@x/a HTTP/1.1",
                "GET http://$(x)/a HTTP/1.1",
                "GET http://x:y/a HTTP/1.1",
                "GET ://x/a HTTP/1.1",
                "ABCDEFGHIJKLMNOPQRSTUVWXY / HTTP/1.1"
            })
    void aRequestLineThatIsNotOneIsRefused(String line) {
        assertRefused(decoded(line + "\r\nHost: x\r\n\r\n"), 400);
    }

    @Test
    void aMethodOfTwentyFourCharactersIsTaken() {
        assertTaken(decoded("ABCDEFGHIJKLMNOPQRSTUVWX / HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    @Test
    void anAbsoluteTargetsPathIsTaken() {
        assertThat(path("http://x:80/a/b?c=/d")).isEqualTo("/a/b");
        assertThat(path("HTTPS://x/a")).isEqualTo("/a");
        assertThat(path("http://x")).isEqualTo("/");
        assertThat(path("http://x?q=1")).isEqualTo("/");
    }

    private static String path(String target) {
        try (DecodingConnection connection = new DecodingConnection()) {
            connection.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
            return connection.request().path();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/3.1"})
    void anotherVersionIsNotSupported(String version) {
        assertRefused(decoded("GET /a " + version + "\r\nHost: x\r\n\r\n"), 505);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.2", "HTTP/1.9"})
    void aHigherMinorVersionCountsAsTheHighestKnown(String version) {
        assertTaken(decoded("GET /a " + version + "\r\nHost: x\r\n\r\n"));
        assertRefused(decoded("GET /a " + version + "\r\n\r\n"), 400);
    }

    @Test
    void thePrefaceOfHttp2IsNotSupported() {
        assertRefused(decoded("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
    }

    @Test
    void aTlsHelloIsRefusedAtItsFirstByte() {
        assertRefused(decoded("\u0016\u0003\u0001"), 400);
    }

    @Test
    void oneEmptyLineBeforeARequestIsTakenAndTwoAreNot() {
        assertTaken(decoded("\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertRefused(decoded("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
    }

    @Test
    void aRequestLineOfTheBoundIsTakenAndALongerOneIsNot() {
        String line = "GET /" + "a".repeat(50) + " HTTP/1.1";
        assertThat(line).hasSize(64);

        assertTaken(decoded(SMALL, line + "\r\nHost: x\r\n\r\n", 99));
        assertRefused(decoded(SMALL, line.replace("/a", "/aa") + "\r\nHost: x\r\n\r\n", 99), 414);
    }

    @Test
    void aRequestLineWithoutAnEndIsRefusedAtItsBound() {
        assertThat(decoded(SMALL, "G".repeat(65), 1)).isEmpty();
        assertRefused(decoded(SMALL, "G".repeat(66), 1), 414);
    }

    @Test
    void fieldsOfTheBoundAreTakenAndMoreAreNot() {
        String fields = "Host: x\r\nA: " + "a".repeat(114) + "\r\n";
        assertThat(fields).hasSize(128);

        assertTaken(decoded(SMALL, "GET / HTTP/1.1\r\n" + fields + "\r\n", 999));
        assertRefused(decoded(SMALL, "GET / HTTP/1.1\r\n" + fields.replace(": a", ": aa") + "\r\n", 999), 431);
    }

    @Test
    void manySmallFieldsAreRefusedAtTheBound() {
        assertRefused(decoded(SMALL, "GET / HTTP/1.1\r\nHost: x\r\n" + "a:\r\n".repeat(31), 999), 431);
    }

    @Test
    void aFieldWithoutAnEndIsRefusedAtItsBound() {
        assertThat(decoded(SMALL, "GET / HTTP/1.1\r\n" + "a".repeat(129), 1)).isEmpty();
        assertRefused(decoded(SMALL, "GET / HTTP/1.1\r\n" + "a".repeat(130), 1), 431);
    }

    @Test
    void aBodyOfTheBoundIsTakenAndALargerOneIsRefusedAtItsHead() {
        String head = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ";

        assertTaken(decoded(SMALL, head + "100\r\n\r\n" + "x".repeat(100), 999));
        assertRefused(decoded(SMALL, head + "101\r\n\r\n", 999), 413);
        assertRefused(decoded(SMALL, head + "999999999999999999\r\n\r\n", 999), 413);
    }
}
