package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CorsTest {
    private static final String ORIGIN = "Origin: https://example.com";

    @RegisterExtension
    static final TestServer SERVER =
            new TestServer(TestServer.config(config -> config.security(security -> security.corsOrigins("*"))));

    private static List<String> names(String list) {
        return Stream.of(list.split(",", -1))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    @Test
    void aPreflightAllowsWhatTheProtocolNeeds() {
        Answer preflight = SERVER.exchange(
                        "OPTIONS",
                        path(),
                        "",
                        ORIGIN,
                        "Access-Control-Request-Method: PUT",
                        "Access-Control-Request-Headers: stream-ttl")
                .is(204);

        assertThat(preflight.field("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(names(preflight.field("Access-Control-Allow-Methods")))
                .contains("get", "head", "put", "post", "delete");
        assertThat(names(preflight.field("Access-Control-Allow-Headers")))
                .contains(
                        "content-type",
                        "if-match",
                        "if-none-match",
                        "last-event-id",
                        "producer-epoch",
                        "producer-id",
                        "producer-seq",
                        "stream-closed",
                        "stream-expected-offset",
                        "stream-expires-at",
                        "stream-fork-offset",
                        "stream-fork-sub-offset",
                        "stream-forked-from",
                        "stream-seq",
                        "stream-ttl");
    }

    @Test
    void everyFieldThatAClientNeedsIsExposed() {
        String path = SERVER.create(TEXT, "abc");

        Answer read = SERVER.get(path, ORIGIN);

        assertThat(read.field("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(names(read.field("Access-Control-Expose-Headers")))
                .contains(
                        "etag",
                        "location",
                        "producer-epoch",
                        "producer-expected-seq",
                        "producer-received-seq",
                        "producer-seq",
                        "stream-closed",
                        "stream-cursor",
                        "stream-expires-at",
                        "stream-next-offset",
                        "stream-sse-data-encoding",
                        "stream-ttl",
                        "stream-up-to-date");
    }

    @Test
    void errorsAndEventsAreReadableToo() throws IOException {
        assertThat(SERVER.post(path(), "a", TEXT, ORIGIN).is(404).field("Access-Control-Allow-Origin"))
                .isEqualTo("*");
        try (EventReader events = SERVER.events(SERVER.create(TEXT, ""), "-1", ORIGIN)) {
            assertThat(events.head().field("Access-Control-Allow-Origin")).isEqualTo("*");
        }
    }

    @Test
    void aReadSaysItForAnyOriginBecauseACacheMayKeepIt() {
        assertThat(SERVER.get(SERVER.create(TEXT, "")).field("Access-Control-Allow-Origin"))
                .isEqualTo("*");
    }

    @Test
    void oneOriginMayBeNamed() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(
                config -> config.security(security -> security.corsOrigins("https://example.com"))))) {
            Answer read = server.get(server.create(TEXT, ""), ORIGIN);

            assertThat(read.field("Access-Control-Allow-Origin")).isEqualTo("https://example.com");
            assertThat(read.field("Access-Control-Allow-Credentials")).isEqualTo("true");
            assertThat(read.field("Access-Control-Expose-Headers")).isNotNull();
        }
    }

    @Test
    void eachOfSeveralOriginsIsNamedAlone() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(config ->
                config.security(security -> security.corsOrigins("https://a.example,https://b.example:8443"))))) {
            String path = server.create(TEXT, "");

            Answer read = server.exchange("HEAD", path, "", "Origin: https://b.example:8443");

            assertThat(read.field("Access-Control-Allow-Origin")).isEqualTo("https://b.example:8443");
            assertThat(read.field("Vary")).isEqualTo("Origin");
            for (String other : List.of("https://c.example", "null", "https://b.example", "*")) {
                Answer refused = server.exchange("HEAD", path, "", "Origin: " + other);
                assertThat(refused.field("Access-Control-Allow-Origin"))
                        .as(other)
                        .isNull();
                assertThat(refused.field("Access-Control-Allow-Credentials"))
                        .as(other)
                        .isNull();
                assertThat(refused.field("Vary")).as(other).isEqualTo("Origin");
            }
        }
    }

    @Test
    void byDefaultEachOriginMayReadAndNoneMayWrite() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            String path = server.create(TEXT, "abc");

            assertThat(server.get(path, ORIGIN).is(200).field("Access-Control-Allow-Origin"))
                    .isEqualTo("*");
            Answer preflight = server.exchange("OPTIONS", path, "", ORIGIN).is(204);
            assertThat(names(preflight.field("Access-Control-Allow-Methods")))
                    .containsExactlyInAnyOrder("get", "head", "options");
        }
    }

    @Test
    void noOriginMayBeAllowed() throws IOException {
        try (TestServer server = TestServer.started(
                TestServer.config(config -> config.security(security -> security.corsOrigins("none"))))) {
            String path = server.create(TEXT, "");

            assertThat(server.get(path, ORIGIN).field("Access-Control-Allow-Origin"))
                    .isNull();
            assertThat(server.exchange("OPTIONS", path, "", ORIGIN).field("Access-Control-Allow-Methods"))
                    .isNull();
        }
    }

    @Test
    void everyResponseIsSafeForBrowsers() {
        String path = SERVER.create(TEXT, "");
        for (Answer answer : List.of(SERVER.get(path), SERVER.head(path), SERVER.get(path()), SERVER.delete(path))) {
            assertThat(answer.field("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.field("Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
        }
    }
}
