package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a query contains is percent-encoded UTF-8: anything else is refused, whichever parameter it is in. */
class QueryEncodingTest {
    private static final String[] NOT_UTF8 = {"%ff", "a%c3", "%ed%a0%80", "%zz", "%4", "%"};

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static void assertRefused(String query, String value, String target) {
        Answer answer = SERVER.get(target + "?" + query).isError(400, "invalid_parameter");
        assertThat(answer.text()).as(query).contains("\\\"" + value + "\\\"", "expected percent-encoded UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "offset",
                "live",
                "timeout",
                "cursor",
                "lastEventId",
                "limit",
                "max_bytes",
                "until",
                "tail",
                "tail_bytes",
                "since",
                "direction"
            })
    void aParameterOfAReadIsUtf8(String name) {
        String path = SERVER.create(TEXT, "a");
        for (String value : NOT_UTF8) {
            assertRefused(name + "=" + value, value, path);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefix", "after", "limit", "delimiter"})
    void aParameterOfAListingIsUtf8(String name) {
        for (String value : NOT_UTF8) {
            assertRefused(name + "=" + value, value, ROOT);
        }
    }

    @Test
    void aStreamOfManyIsUtf8() {
        for (String value : NOT_UTF8) {
            assertRefused("live=sse&stream=" + value, value, ROOT);
            assertRefused("live=sse&stream=" + value + "@-1", value + "@-1", ROOT);
        }
    }

    @Test
    void aNameIsUtf8() {
        for (String name : NOT_UTF8) {
            assertRefused(name + "=1", name, ROOT);
            assertRefused("live=sse&stream=a@-1&" + name, name, ROOT);
        }
    }

    @Test
    void aRefusalDoesNotQuoteASignature() {
        Answer answer = SERVER.get(TestServer.path() + "?signature=secret%ff").isError(400, "invalid_parameter");
        assertThat(answer.text()).contains("signature").doesNotContain("secret");
    }
}
