package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.ServerConfig;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the console: on which listeners they are, and how they are sent. */
@Timeout(60)
class ConsoleTest {
    private static void withServer(Consumer<ServerConfig.Builder> change, Consumer<TestServer> test)
            throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(config -> {
            config.listen(listen -> listen.adminListen("127.0.0.1:0"));
            change.accept(config);
        }))) {
            test.accept(server);
        }
    }

    private static Answer admin(TestServer server, String target) {
        try (TestConnection connection =
                new TestConnection(server.server().adminAddress().orElseThrow())) {
            return connection.exchange("GET", target, "");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void thePageLoadsNothingFromElsewhere() throws IOException {
        withServer(config -> {}, server -> {
            Answer page = server.get("/console/").is(200);

            assertThat(page.field("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(page.field("Content-Security-Policy"))
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                    .contains("connect-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.field("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(server.get("/console/index.html").is(200).text()).isEqualTo(page.text());
            assertThat(server.head("/console/").is(200).body()).isEmpty();
            assertThat(server.get("/console").is(308).field("Location")).isEqualTo("/console/");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileIsSentOnceAndCompressed(boolean overHttp2) throws IOException {
        withServer(config -> {}, server -> {
            if (overHttp2) {
                server.speakHttp2();
            }
            Answer plain = server.get("/console/main.mjs").is(200);
            Answer compressed =
                    server.get("/console/main.mjs", "Accept-Encoding: gzip").is(200);

            assertThat(compressed.field("content-encoding")).isEqualTo("gzip");
            assertThat(compressed.unzipped()).isEqualTo(plain.text());
            assertUnchanged(server, plain, "identity");
            assertUnchanged(server, compressed, "gzip");
            assertThat(plain.field("etag")).isNotEqualTo(compressed.field("etag"));
        });
    }

    private static void assertUnchanged(TestServer server, Answer known, String coding) {
        String tag = known.field("etag");
        Answer unchanged = server.get(
                        "/console/main.mjs", "Accept-Encoding: " + coding, "If-None-Match: \"other\", W/" + tag)
                .is(304);
        assertThat(unchanged.field("etag")).isEqualTo(tag);
        assertThat(unchanged.field("content-length")).isNull();
        assertThat(unchanged.body()).isEmpty();
    }

    @Test
    void eachListenerStatesWhatItHas() throws IOException {
        withServer(config -> config.root("/data/"), server -> {
            assertThat(server.get("/console/settings.json").is(200).text()).isEqualTo("{\"streams\":\"/data/\"}");
            assertThat(admin(server, "/console/settings.json").is(200).text()).isEqualTo("{\"metrics\":\"/metrics\"}");
            assertThat(admin(server, "/console/").is(200).text())
                    .isEqualTo(server.get("/console/").text());
        });
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws IOException {
        withServer(config -> {}, server -> {
            for (String name :
                    new String[] {"nothing", "ConsoleFiles.class", "a/main.mjs", "%2e%2e/Main.class", "main"}) {
                server.get("/console/" + name).isError(404, "not_found");
            }
            server.put("/console/main.mjs", "a").isError(405, "method_not_allowed");
            server.delete("/console/").isError(405, "method_not_allowed");
        });
    }

    @Test
    void withoutTheConsoleNothingIsThere() throws IOException {
        withServer(config -> config.listen(listen -> listen.console(false)), server -> {
            server.get("/console/").isError(404, "not_found");
            assertThat(admin(server, "/console/").status()).isEqualTo(404);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console/", "/console/data/"})
    void pathsThatAreThoseOfStreamsStayThoseOfStreams(String root) throws IOException {
        withServer(config -> config.root(root), server -> {
            String path = root + (root.equals("/") ? "console/x" : "x");
            server.put(path, "a", TestServer.TEXT).is(201);

            assertThat(server.get(path).is(200).text()).isEqualTo("a");
            assertThat(admin(server, "/console/").is(200).text()).startsWith("<!doctype html>");
        });
    }
}
