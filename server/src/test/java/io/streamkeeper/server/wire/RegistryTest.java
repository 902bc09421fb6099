package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The stream with the creations and deletions of all streams, which the server writes. */
class RegistryTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String REGISTRY = ROOT + "__registry__";

    @RegisterExtension
    static final TestServer SERVER = new TestServer(config("/v1/stream/"));

    private static ServerConfig config(String root) {
        return TestServer.config(config -> config.root(root).data(data -> data.registry(true)));
    }

    private static JsonNode messages(TestServer server, String registry) {
        try {
            return MAPPER.readTree(server.get(registry).is(200).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The streams that the registry says exist, of those whose paths begin with a text. */
    private static Set<String> fold(TestServer server, String registry, String prefix) {
        Set<String> paths = new TreeSet<>();
        for (JsonNode message : messages(server, registry)) {
            String path = message.get("key").asText();
            assertThat(message.get("type").asText()).isEqualTo("stream");
            if (message.get("headers").get("operation").asText().equals("insert")) {
                paths.add(path);
            } else {
                paths.remove(path);
            }
        }
        paths.removeIf(path -> !path.startsWith(prefix));
        return paths;
    }

    private static void awaitFold(TestServer server, String prefix, String... paths) {
        await().until(() -> fold(server, REGISTRY, prefix).equals(Set.of(paths)));
    }

    @Test
    void creationsAndDeletionsAreRecordedAsStateMessages() {
        SERVER.put(ROOT + "form/a%20b", "", TEXT).is(201);
        await().until(() -> messages(SERVER, REGISTRY).findValuesAsText("key").contains("form/a b"));
        for (JsonNode message : messages(SERVER, REGISTRY)) {
            if (message.get("key").asText().equals("form/a b")) {
                JsonNode value = message.get("value");
                assertThat(value.get("path").asText()).isEqualTo("form/a b");
                assertThat(value.get("contentType").asText()).isEqualTo("text/plain");
                assertThat(value.get("createdAt").isIntegralNumber()).isTrue();
                assertThat(message.get("headers")).hasToString("{\"operation\":\"insert\"}");
            }
        }
        SERVER.delete(ROOT + "form/a%20b").is(204);
        awaitFold(SERVER, "form/");
        JsonNode all = messages(SERVER, REGISTRY);
        assertThat(all.toString())
                .contains("{\"type\":\"stream\",\"key\":\"form/a b\",\"headers\":{\"operation\":\"delete\"}}")
                .doesNotContain("\"__registry__\"");
    }

    @Test
    void forksAndExpiriesAreRecorded() {
        SERVER.put(ROOT + "life/a", "1", TEXT).is(201);
        SERVER.put(ROOT + "life/b", "", "Stream-Forked-From: " + ROOT + "life/a")
                .is(201);
        SERVER.put(ROOT + "life/c", "", TEXT, "Stream-TTL: 1").is(201);
        awaitFold(SERVER, "life/", "life/a", "life/b", "life/c");
        SERVER.delete(ROOT + "life/a").is(204);
        awaitFold(SERVER, "life/", "life/b");
    }

    @Test
    void clientsOnlyReadIt() {
        SERVER.put(REGISTRY, "", JSON).isError(405, "method_not_allowed");
        SERVER.post(REGISTRY, "[1]", JSON).isError(405, "method_not_allowed");
        SERVER.post(REGISTRY, "", "Stream-Closed: true").isError(405, "method_not_allowed");
        SERVER.exchange("PATCH", REGISTRY, "", "Stream-TTL: 1").isError(405, "method_not_allowed");
        Answer deleted = SERVER.delete(REGISTRY).isError(405, "method_not_allowed");
        assertThat(deleted.field("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        for (String path : List.of(REGISTRY, ROOT + "%5f_registry__")) {
            assertThat(SERVER.exchange("OPTIONS", path, "").is(204).field("Allow"))
                    .isEqualTo("GET, HEAD, OPTIONS");
            assertThat(SERVER.exchange("TRACE", path, "").is(405).field("Allow"))
                    .isEqualTo("GET, HEAD, OPTIONS");
        }
        assertThat(SERVER.exchange("OPTIONS", REGISTRY + "/a", "").is(204).field("Allow"))
                .contains("PUT");
        assertThat(SERVER.head(REGISTRY).is(200).field("Content-Type")).isEqualTo("application/json");
        SERVER.put(ROOT + "__registry__/a", "", TEXT).is(201);
        SERVER.put(ROOT + "copy", "", "Stream-Forked-From: " + REGISTRY).isError(400, "invalid_header");
    }

    @Test
    void theRootMayBeTheTop() throws Exception {
        try (TestServer server = TestServer.started(config("/"))) {
            server.put("/a/b", "", TEXT).is(201);
            await().until(() -> fold(server, "/__registry__", "").equals(Set.of("a/b")));
            assertThat(server.metric(Metric.REGISTRY_BEHIND_SECONDS)).isZero();
        }
    }

    @Test
    void withoutTheFlagItIsAStreamLikeAnyOther() throws Exception {
        try (TestServer server = TestServer.started(TestServer.config())) {
            server.get(REGISTRY).is(404);
            server.put(REGISTRY, "x", TEXT).is(201);
            server.delete(REGISTRY).is(204);
        }
    }
}
