package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GET of the root with {@code live=sse}: creations, closures and deletions after a listing. */
class LiveListingTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static JsonNode page(TestServer server, String query) throws IOException {
        return MAPPER.readTree(server.get(ROOT + "?" + query).is(200).body());
    }

    private static String position(String prefix) throws IOException {
        return page(SERVER, "prefix=" + prefix).get("position").asText();
    }

    private static String target(String prefix, String position) {
        return ROOT + "?live=sse&prefix=" + prefix + (position == null ? "" : "&after=" + position);
    }

    /** Reads changes until {@code wanted} have come. */
    private static List<String> changes(EventReader reader, int wanted) throws IOException {
        List<String> found = new ArrayList<>();
        while (found.size() < wanted) {
            Event event = reader.next();
            assertThat(event).isNotNull();
            if (event.isData()) {
                for (JsonNode change : MAPPER.readTree(event.data())) {
                    found.add(change.get("change").asText() + " "
                            + change.get("path").asText());
                }
            }
        }
        return found;
    }

    private static Event upToDate(EventReader reader) throws IOException {
        Event event = reader.next("control");
        assertThat(event.data()).isEqualTo("{\"position\":\"" + event.id() + "\",\"upToDate\":true}");
        return event;
    }

    @Test
    void whatHappensAfterAPageIsReportedAndWhatThePageHasIsNot() throws IOException {
        SERVER.put(ROOT + "after/a", "1", TEXT).is(201);
        String position = position("after/");
        SERVER.put(ROOT + "after/b", "", JSON).is(201);
        SERVER.closeStream(ROOT + "after/a");
        try (EventReader reader = SERVER.connect().events(target("after/", position))) {
            assertThat(changes(reader, 2)).containsExactlyInAnyOrder("created after/b", "closed after/a");
            SERVER.put(ROOT + "other/c", "", TEXT).is(201);
            SERVER.delete(ROOT + "after/b").is(204);
            assertThat(changes(reader, 1)).containsExactly("deleted after/b");
        }
    }

    @Test
    void anEventSaysWhatAPageSays() throws IOException {
        try (EventReader reader = SERVER.connect().events(target("says/", null))) {
            upToDate(reader);
            SERVER.put(ROOT + "says/%22%C3%A9", "[1]", JSON, "Stream-Closed: true")
                    .is(201);
            Event event = reader.next("data");
            JsonNode entry = page(SERVER, "prefix=says/").get("streams").get(0);
            JsonNode change = MAPPER.readTree(event.data()).get(0);
            assertThat(change.get("change").asText()).isEqualTo("created");
            for (String field : List.of("path", "contentType", "nextOffset", "closed", "createdAt")) {
                assertThat(change.get(field)).as(field).isEqualTo(entry.get(field));
            }
            assertThat(change.get("path").asText()).isEqualTo("says/\"\u00e9");
            assertThat(change).hasSize(6);
            assertThat(upToDate(reader).id()).isEqualTo(event.id());
            SERVER.delete(ROOT + "says/%22%C3%A9").is(204);
            JsonNode last = MAPPER.readTree(reader.next("data").data()).get(0);
            assertThat(last.get("change").asText()).isEqualTo("deleted");
            for (String field : List.of("path", "contentType", "nextOffset", "closed", "createdAt")) {
                assertThat(last.get(field)).as(field).isEqualTo(change.get(field));
            }
        }
    }

    @Test
    void theResponseIsAnEventStreamThatIsTheLastOfItsConnection() throws IOException {
        try (EventReader reader = SERVER.connect().events(target("head/", null))) {
            assertThat(reader.head().field("Content-Type")).isEqualTo("text/event-stream");
            assertThat(reader.head().field("Cache-Control")).contains("no-cache");
            upToDate(reader);
            assertThat(reader.retryMillis()).isBetween(500, 1_500);
        }
    }

    @Test
    void itResumesAfterTheLastEvent() throws IOException {
        String first = position("resume/");
        String id;
        try (EventReader reader = SERVER.connect().events(target("resume/", first))) {
            SERVER.put(ROOT + "resume/a", "", TEXT).is(201);
            assertThat(changes(reader, 1)).containsExactly("created resume/a");
            id = upToDate(reader).id();
        }
        SERVER.put(ROOT + "resume/b", "", TEXT).is(201);
        try (EventReader reader = SERVER.connect().events(target("resume/", first), "Last-Event-ID: " + id)) {
            assertThat(changes(reader, 1)).containsExactly("created resume/b");
        }
        try (EventReader reader = SERVER.connect().events(target("resume/", first) + "&lastEventId=" + id)) {
            assertThat(changes(reader, 1)).containsExactly("created resume/b");
        }
        try (EventReader reader = SERVER.connect().events(target("resume/", first))) {
            assertThat(changes(reader, 2)).containsExactlyInAnyOrder("created resume/a", "created resume/b");
        }
    }

    @Test
    void anExpiryIsADeletion() throws IOException {
        SERVER.put(ROOT + "expires/a", "", TEXT, "Stream-TTL: 1").is(201);
        try (EventReader reader = SERVER.connect().events(target("expires/", position("expires/")))) {
            assertThat(changes(reader, 1)).containsExactly("deleted expires/a");
        }
    }

    @Test
    void aForkIsACreation() throws IOException {
        SERVER.put(ROOT + "fork/a", "1", TEXT).is(201);
        try (EventReader reader = SERVER.connect().events(target("fork/", position("fork/")))) {
            SERVER.put(ROOT + "fork/b", "", "Stream-Forked-From: " + ROOT + "fork/a")
                    .is(201);
            SERVER.delete(ROOT + "fork/a").is(204);
            assertThat(changes(reader, 2)).containsExactlyInAnyOrder("created fork/b", "deleted fork/a");
        }
    }

    @Test
    void onlyAFirstPageHasAPosition() throws IOException {
        SERVER.put(ROOT + "first/a", "", TEXT).is(201);
        SERVER.put(ROOT + "first/b", "", TEXT).is(201);
        assertThat(page(SERVER, "prefix=first/&limit=1").has("position")).isTrue();
        assertThat(page(SERVER, "prefix=first/&delimiter=/").has("position")).isTrue();
        assertThat(page(SERVER, "prefix=first/&after=first/a").has("position")).isFalse();
    }

    @Test
    void aRestartSaysToListAgain() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config())) {
            server.put(ROOT + "a", "", TEXT).is(201);
            String position = page(server, "").get("position").asText();
            server.restart();
            try (EventReader reader = server.connect().events(target("", position))) {
                Event event = reader.next("control");
                assertThat(event.data()).isEqualTo("{\"error\":\"offset_gone\",\"listAgain\":true}");
                assertThat(reader.next()).isNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "live=sse&after=x, after is 'x'",
        "live=sse&after=0123456789abcdef, after is '0123456789abcdef'",
        "live=sse&after=0123456789abcdef.x, after is '0123456789abcdef.x'",
        "live=sse&after=0123456789abcdef.-1, after is '0123456789abcdef.-1'",
        "live=sse&lastEventId=1, lastEventId is '1'",
        "live=sse&limit=1, limit came with live",
        "live=sse&delimiter=/, delimiter came with live",
        "live=true, live is 'true'"
    })
    void aBadParameterIsRefused(String query, String message) {
        Answer answer = SERVER.get(ROOT + "?" + query).isError(400, "invalid_parameter");
        assertThat(answer.text().replace("\\\"", "'")).contains(message);
    }

    @Test
    void aHeadIsRefusedAndSoIsAnotherSite() {
        SERVER.head(ROOT + "?live=sse").is(400);
        SERVER.get(ROOT + "?live=sse", "Origin: https://evil.example").isError(403, "origin_not_allowed");
        SERVER.get(ROOT + "?live=sse", "Last-Event-ID: 7").isError(400, "invalid_parameter");
    }

    @Test
    void itEndsWithAFreshPositionAfterASession() throws IOException {
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.live(live -> live.sseSessionMillis(700))))) {
            String before = page(server, "prefix=mine/").get("position").asText();
            try (EventReader reader = server.connect().events(target("mine/", before))) {
                assertThat(upToDate(reader).id()).isEqualTo(before);
                server.put(ROOT + "others/a", "", TEXT).is(201);
                Event last = upToDate(reader);
                assertThat(last.id()).isNotEqualTo(before);
                assertThat(reader.next()).isNull();
                server.put(ROOT + "mine/a", "", TEXT).is(201);
                try (EventReader next = server.connect().events(target("mine/", last.id()))) {
                    assertThat(changes(next, 1)).containsExactly("created mine/a");
                }
            }
        }
    }

    @Test
    void itIsTheSameOverHttp2() throws IOException {
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.live(live -> live.sseSessionMillis(700))))) {
            String before = page(server, "").get("position").asText();
            server.put(ROOT + "a", "", TEXT).is(201);
            try (FrameClient client = FrameClient.begun(server, 4, 1 << 20)) {
                client.window(0, 1 << 20);
                String events = client.exchange(1, "GET", target("", before), null)
                        .is(200)
                        .text();
                assertThat(events).contains("event: data\ndata:[{\"change\":\"created\",\"path\":\"a\"");
                assertThat(events).contains("\"upToDate\":true");
            }
        }
    }

    @Test
    void followersAreCountedUntilTheyLeave() throws Exception {
        try (TestServer server = TestServer.started(TestServer.config())) {
            try (EventReader reader = server.connect().events(target("", null))) {
                upToDate(reader);
                assertThat(server.metric(Metric.WAITERS, "listing")).isEqualTo(1);
            }
            await().until(() -> server.metric(Metric.WAITERS, "listing") == 0);
        }
    }

    @Test
    void aClientThatDoesNotReadGetsEverythingLater() throws IOException {
        String position = position("slow/");
        try (EventReader reader = SERVER.connect().events(target("slow/", position))) {
            upToDate(reader);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                String path = "slow/" + "x".repeat(200) + i;
                SERVER.put(ROOT + path, "", TEXT).is(201);
                expected.add("created " + path);
            }
            assertThat(changes(reader, 3_000)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
