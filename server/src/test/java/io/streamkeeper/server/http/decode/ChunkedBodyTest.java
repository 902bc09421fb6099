package io.streamkeeper.server.http.decode;

import static io.streamkeeper.server.http.decode.DecodingConnection.decoded;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.HttpLimits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedBodyTest {
    private static final HttpLimits SMALL = new HttpLimits(64, 128, 100, 4, 1000, 2000, 3000);
    private static final String HEAD = "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** What is decoded of a body that comes in pieces of each size; the same for all of them. */
    private static List<String> chunks(String body) {
        List<String> whole = decoded(SMALL, HEAD + body, 9_999_999);
        for (int size = 1; size < Math.min(body.length(), 64); size++) {
            assertThat(decoded(SMALL, HEAD + body, size)).isEqualTo(whole);
        }
        return whole;
    }

    private static void assertBody(List<String> events, String body) {
        assertThat(events).containsExactly("PUT|PUT|/a|null|host=x;transfer-encoding=chunked|keep|" + body);
    }

    private static void assertRefused(List<String> events, int status) {
        assertThat(events).singleElement().asString().startsWith(status + " ");
    }

    @Test
    void chunksAreJoined() {
        assertBody(chunks("1\r\na\r\n2\r\nbc\r\nA\r\n0123456789\r\n0\r\n\r\n"), "abc0123456789");
    }

    @Test
    void noChunkIsAnEmptyBody() {
        assertBody(chunks("0\r\n\r\n"), "");
        assertBody(chunks("0000\r\n\r\n"), "");
    }

    @Test
    void endsOfLinesWithinAChunkAreData() {
        assertBody(chunks("6\r\n\r\n0\r\n\r\r\n0\r\n\r\n"), "\r\n0\r\n\r");
    }

    @Test
    void extensionsAreIgnored() {
        assertBody(chunks("1;a\r\nx\r\n1;a=b;c=\"d\"\r\ny\r\n0;z\r\n\r\n"), "xy");
    }

    @Test
    void trailerFieldsAreIgnored() {
        assertBody(chunks("1\r\nx\r\n0\r\nStream-Closed: true\r\nContent-Length: 7\r\n\r\n"), "x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";a",
                "-1",
                "+1",
                "0x1",
                "g",
                "1 ",
                " 1",
                "1 ;a",
                "1\t",
                "1g",
                "1,",
                "10000000000000000",
                "0000000000000001",
                "fffffffffffffffff",
                "\u00b2"
            })
    void aSizeThatIsNotAFewHexDigitsIsRefused(String size) {
        assertRefused(chunks(size + "\r\nx\r\n0\r\n\r\n"), 400);
    }

    @Test
    void aBareLineFeedOrCarriageReturnIsRefused() {
        assertRefused(chunks("1\nx\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1\r\nx\n0\r\n\r\n"), 400);
        assertRefused(chunks("1\r\nx\r0\r\n\r\n"), 400);
        assertRefused(chunks("1\r\r\nx\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1;a\nb\r\nx\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1;a\rb\r\nx\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1\r\nx\r\n0\n\r\n"), 400);
        assertRefused(chunks("1\r\nx\r\n0\r\n\n"), 400);
        assertRefused(chunks("1\r\nx\r\n0\r\nA: b\n\r\n"), 400);
    }

    @Test
    void aChunkThatIsLongerThanItsSizeIsRefused() {
        assertRefused(chunks("1\r\nxy\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1\r\nx0\r\n\r\n"), 400);
    }

    @Test
    void aControlCharacterInAnExtensionIsRefused() {
        assertRefused(chunks("1;a\u0000\r\nx\r\n0\r\n\r\n"), 400);
    }

    @Test
    void aQuotedStringInAnExtensionThatDoesNotEndOnItsLineIsRefused() {
        assertRefused(chunks("1;a=\"\r\nx\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1;a=\"b\\\"\r\nx\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1;a=\"\";b=\"\r\nx\r\n0\r\n\r\n"), 400);
        assertRefused(chunks("1\r\nx\r\n0;a=\"\r\n\r\n"), 400);

        assertBody(chunks("1;a=\"b\\\"c\\\\\";d\r\nx\r\n0\r\n\r\n"), "x");
    }

    @Test
    void aTrailerThatIsNotAFieldIsRefused() {
        assertRefused(chunks("0\r\nA\r\n\r\n"), 400);
        assertRefused(chunks("0\r\nA : b\r\n\r\n"), 400);
        assertRefused(chunks("0\r\nA: b\r\n c\r\n\r\n"), 400);
    }

    @Test
    void aBodyOfTheBoundIsTaken() {
        assertBody(
                chunks("32\r\n" + "x".repeat(50) + "\r\n32\r\n" + "y".repeat(50) + "\r\n0\r\n\r\n"),
                "x".repeat(50) + "y".repeat(50));
    }

    @Test
    void aBodyIsRefusedAtTheSizeThatPassesTheBound() {
        assertRefused(chunks("65\r\n"), 413);
        assertRefused(chunks("32\r\n" + "x".repeat(50) + "\r\n33\r\n"), 413);
        assertRefused(chunks("fffffffffffffff\r\n"), 413);
    }

    @Test
    void extensionsAreBoundedTogether() {
        String half = "1;" + "a".repeat(ChunkedBody.EXTENSION_BYTES_MAX / 2 - 1) + "\r\nx\r\n";

        assertBody(chunks(half + half + "0\r\n\r\n"), "xx");
        assertRefused(chunks(half + half + "0;\r\n\r\n"), 400);
    }

    @Test
    void anExtensionWithoutAnEndIsRefusedAtItsBound() {
        assertRefused(chunks("1;" + "a".repeat(ChunkedBody.EXTENSION_BYTES_MAX + 20)), 400);
    }

    @Test
    void trailerFieldsAreBoundedTogether() {
        String half = "A:" + "b".repeat(60) + "\r\n";

        assertBody(chunks("0\r\n" + half + half + "\r\n"), "");
        assertRefused(chunks("0\r\n" + half + half + "c:\r\n\r\n"), 431);
    }

    @Test
    void aTrailerWithoutAnEndIsRefusedAtItsBound() {
        assertRefused(chunks("0\r\n" + "a".repeat(130)), 431);
    }
}
