package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GET and HEAD of the root. */
class ListingTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static JsonNode page(String query) {
        return parse(SERVER.get(ROOT + "?" + query).is(200));
    }

    private static JsonNode parse(Answer answer) {
        assertThat(answer.field("Content-Type")).isEqualTo("application/json");
        assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
        try {
            return MAPPER.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> paths(JsonNode page) {
        List<String> paths = new ArrayList<>();
        page.get("streams").forEach(stream -> paths.add(stream.get("path").asText()));
        return paths;
    }

    private static List<String> prefixes(JsonNode page) {
        List<String> prefixes = new ArrayList<>();
        page.get("prefixes").forEach(prefix -> prefixes.add(prefix.asText()));
        return prefixes;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** All paths, by pages. */
    private static List<String> all(String query) {
        List<String> all = new ArrayList<>();
        String after = "";
        while (after != null) {
            JsonNode page = page(query + "&after=" + encoded(after));
            all.addAll(paths(page));
            after = page.has("next") ? page.get("next").asText() : null;
            assertThat(after == null || after.equals(all.get(all.size() - 1))).isTrue();
        }
        return all;
    }

    @Test
    void theSlashAtTheEndOfTheRootMayBeOmitted() {
        String root = ROOT.substring(0, ROOT.length() - 1);
        SERVER.put(ROOT + "slash/a", "", TEXT).is(201);
        assertThat(paths(parse(SERVER.get(root + "?prefix=slash/").is(200)))).containsExactly("slash/a");
        assertThat(SERVER.head(root).is(200).field("Content-Type")).isEqualTo("application/json");
        assertThat(SERVER.exchange("OPTIONS", root, "").is(204).field("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
        SERVER.get(root + "?limit=0").isError(400, "invalid_parameter");
        SERVER.put(root, "", TEXT).is(404);
        SERVER.get(root + "s?prefix=slash/").is(404);
    }

    @Test
    void anEntryDescribesItsStream() {
        SERVER.put(
                        ROOT + "entry/a%20b",
                        "[1,2]",
                        JSON,
                        "Stream-TTL: 3600",
                        "Stream-Retention-Max-Bytes: 1000",
                        "Stream-Retention-Max-Age: 60")
                .is(201);
        SERVER.put(ROOT + "entry/c", "abc", TEXT, "Stream-Closed: true", "Stream-Expires-At: 2100-01-31T12:00:00Z")
                .is(201);

        JsonNode page = page("prefix=entry/");
        JsonNode first = page.get("streams").get(0);
        JsonNode second = page.get("streams").get(1);
        Answer head = SERVER.head(ROOT + "entry/a%20b");
        assertThat(first.get("path").asText()).isEqualTo("entry/a b");
        assertThat(first.get("contentType").asText()).isEqualTo("application/json");
        assertThat(first.get("nextOffset").asText()).isEqualTo(head.nextOffset());
        assertThat(first.get("earliestOffset").asText()).isEqualTo(head.field("Stream-Earliest-Offset"));
        assertThat(first.get("closed").asBoolean()).isFalse();
        assertThat(first.get("bytes").asLong()).isEqualTo(4);
        assertThat(first.get("createdAt").asText()).matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*Z");
        assertThat(first.get("lastAppendAt").asText()).isEqualTo(head.field("Stream-Last-Append-At"));
        assertThat(first.get("ttlSeconds").asLong()).isEqualTo(3_600);
        assertThat(first.get("retention")).hasToString("{\"maxAgeSeconds\":60,\"maxBytes\":1000}");
        assertThat(second.get("closed").asBoolean()).isTrue();
        assertThat(second.get("expiresAt").asText()).isEqualTo("2100-01-31T12:00:00.000Z");
        assertThat(second.has("ttlSeconds") || second.has("retention")).isFalse();
        assertThat(page.has("next")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 29, 30, 31, 1_000})
    void pagesHaveEachStreamOnceInOrder(int limit) {
        List<String> expected = IntStream.range(0, 30)
                .mapToObj(i -> "pages" + limit + "/" + (char) ('a' + i % 7) + "/" + (100 + i))
                .sorted()
                .toList();
        expected.forEach(path -> SERVER.put(ROOT + path, "", TEXT).is(201));

        assertThat(all("prefix=pages" + limit + "/&limit=" + limit)).isEqualTo(expected);
    }

    @Test
    void theOrderIsThatOfUtf8() {
        SERVER.put(ROOT + "order/%F0%9F%98%80", "", TEXT).is(201);
        SERVER.put(ROOT + "order/%EF%BD%9E", "", TEXT).is(201);
        SERVER.put(ROOT + "order/z%22", "", TEXT).is(201);

        assertThat(paths(page("prefix=order/"))).containsExactly("order/z\"", "order/\uff5e", "order/\ud83d\ude00");
        assertThat(paths(page("prefix=order/&after=order/%EF%BD%9E"))).containsExactly("order/\ud83d\ude00");
    }

    @Test
    void aDelimiterGroups() {
        for (String path : List.of("t/a", "t/b/1", "t/b/2", "t/b", "t/c/d/e", "t/c/f")) {
            SERVER.put(ROOT + path, "", TEXT).is(201);
        }

        JsonNode top = page("prefix=t/&delimiter=/");
        assertThat(paths(top)).containsExactly("t/a", "t/b");
        assertThat(prefixes(top)).containsExactly("t/b/", "t/c/");
        assertThat(prefixes(page("prefix=t/c/&delimiter=%2F"))).containsExactly("t/c/d/");
        JsonNode third = page("prefix=t/&delimiter=/&limit=3");
        assertThat(third.get("next").asText()).isEqualTo("t/b/");
        assertThat(prefixes(page("prefix=t/&delimiter=/&after=t/b/"))).containsExactly("t/c/");
        assertThat(prefixes(page("prefix=t&delimiter=/"))).contains("t/");
    }

    @Test
    void aDeletedStreamIsNotListed() {
        SERVER.put(ROOT + "gone/a", "", TEXT).is(201);
        SERVER.put(ROOT + "gone/b", "", TEXT).is(201);
        SERVER.delete(ROOT + "gone/a").is(204);

        assertThat(paths(page("prefix=gone/"))).containsExactly("gone/b");
    }

    @Test
    void headHasTheLengthOnly() {
        SERVER.put(ROOT + "head/a", "", TEXT).is(201);
        Answer head = SERVER.head(ROOT + "?prefix=head/").is(200);
        Answer get = SERVER.get(ROOT + "?prefix=head/").is(200);

        assertThat(head.field("Content-Length")).isEqualTo("" + get.body().length);
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit is '0'",
        "limit=1001, limit is '1001'",
        "limit=x, limit is 'x'",
        "limit=, limit is ''",
        "delimiter=., delimiter is '.'",
        "limit=1&limit=2, limit came again",
        "prefix=%zz, expected percent-encoded UTF-8",
        "live=long-poll, live is 'long-poll'"
    })
    void aBadParameterIsRefused(String query, String message) {
        Answer answer = SERVER.get(ROOT + "?" + query).isError(400, "invalid_parameter");
        assertThat(answer.text().replace("\\\"", "'")).contains(message);
    }

    @Test
    void aPrefixLongerThanAnyPathIsRefused() {
        SERVER.get(ROOT + "?prefix=" + "x".repeat(1_025)).isError(400, "invalid_parameter");
        assertThat(paths(page("prefix=" + "x".repeat(1_024)))).isEmpty();
    }

    @Test
    void theRootIsNoStream() {
        assertThat(SERVER.exchange("OPTIONS", ROOT, "").is(204).field("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
        SERVER.post(ROOT, "x", TEXT).isError(400, "invalid_parameter");
        SERVER.delete(ROOT).isError(400, "invalid_path");
    }

    @Test
    void aPageOfAnotherSiteMayNotList() {
        SERVER.get(ROOT, "Origin: https://evil.example").isError(403, "origin_not_allowed");
    }

    @Test
    void streamsThatExistAllTheTimeAreListedOnceWhileOthersComeAndGo() {
        List<String> kept = IntStream.range(0, 60)
                .mapToObj(i -> "busy/" + (100 + i) + "/kept")
                .toList();
        kept.forEach(path -> SERVER.put(ROOT + path, "", TEXT).is(201));
        AtomicBoolean ends = new AtomicBoolean();
        CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
            for (int i = 0; !ends.get(); i++) {
                String path = ROOT + "busy/" + (100 + i * 37 % 60) + "/other";
                SERVER.put(path, "", TEXT).is(201);
                SERVER.delete(path).is(204);
            }
        });
        try {
            for (int i = 0; i < 20; i++) {
                List<String> all = all("prefix=busy/&limit=" + (1 + i));
                assertThat(all).doesNotHaveDuplicates().isSorted();
                assertThat(all.stream().filter(path -> path.endsWith("/kept"))).containsExactlyElementsOf(kept);
            }
        } finally {
            ends.set(true);
            changes.join();
        }
    }

    @Test
    void theRootMayBeTheTop() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(config -> config.root("/")))) {
            server.put("/a/b", "", TEXT).is(201);

            assertThat(paths(parse(server.get("/").is(200)))).containsExactly("a/b");
            assertThat(server.get("/health").is(200).text()).contains("ok");
        }
    }

    @Test
    void aRestartFindsTheSameStreams() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            for (int i = 0; i < 400; i++) {
                server.put(ROOT + "s/" + i, "x", TEXT).is(201);
            }
            for (int i = 0; i < 400; i += 3) {
                server.delete(ROOT + "s/" + i).is(204);
            }
            JsonNode before = parse(server.get(ROOT + "?limit=1000").is(200)).get("streams");
            server.restart();

            assertThat(parse(server.get(ROOT + "?limit=1000").is(200)).get("streams"))
                    .isEqualTo(before);
        }
    }
}
