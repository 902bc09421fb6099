package io.streamkeeper.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.Page;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.client.api.StreamEntry;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.api.StreamPage;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads of parts of streams and listings, which are extensions that other servers do not know. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PartsTest {
    private static final String OFFSET = "1764099000000000_0000000000000016";

    private StubServer server;

    @AfterEach
    void closeServer() {
        server.close();
    }

    private BlockingRemoteStreams serve(StubServer.Script script) throws IOException {
        server = StubServer.start(script);
        return RemoteStreams.at(server.url()).blocking();
    }

    private BlockingRemoteStreams answering(String body, String... fields) throws IOException {
        return serve((request, response) -> response.whole(200, body, fields));
    }

    private Map<String, String> lastQuery() {
        List<StubServer.Request> requests = server.requests();
        return requests.get(requests.size() - 1).query();
    }

    @Test
    void theOptionsOfAReadAreParametersOfItsRequest() throws Exception {
        BlockingRemoteStreams streams = answering("x", "Stream-Next-Offset: 7", "Stream-Previous-Offset: " + OFFSET);
        From from = From.offset(OFFSET);
        Map<ReadOptions, Map<String, String>> queries = Map.of(
                ReadOptions.last(3).limit(1),
                Map.of("tail", "3", "limit", "1"),
                ReadOptions.lastBytes(4),
                Map.of("tail_bytes", "4"),
                ReadOptions.from(from).until(OFFSET),
                Map.of("offset", OFFSET, "until", OFFSET),
                ReadOptions.before(From.now()).maxBytes(9),
                Map.of("offset", "now", "max_bytes", "9", "direction", "backward"),
                ReadOptions.from(From.beginning()),
                Map.of("offset", "-1"),
                ReadOptions.since(Instant.parse("2030-01-31T12:00:00.5Z")),
                Map.of("since", "2030-01-31T12:00:00.500Z"),
                ReadOptions.since(Instant.MAX),
                Map.of("since", "9999-12-31T23:59:59.999Z"));
        for (Map.Entry<ReadOptions, Map<String, String>> query : queries.entrySet()) {
            streams.read("a", query.getKey());
            assertThat(lastQuery()).isEqualTo(query.getValue());
        }
    }

    @Test
    void aPageSaysWhereItBegins() throws Exception {
        String[] fields = {
            "Content-Type: text/plain", "Stream-Next-Offset: 7", "Stream-Up-To-Date: true", "Stream-Previous-Offset: 5"
        };
        Page page = answering("xy", fields).read("a", ReadOptions.lastBytes(2));
        assertThat(page.startOffset()).isEqualTo("5");
        assertThat(page.atBeginning()).isFalse();
        assertThat(page.batch().nextOffset()).isEqualTo("7");
        assertThat(page.batch().upToDate()).isTrue();
        assertThat(new String(page.batch().bytes(), StandardCharsets.UTF_8)).isEqualTo("xy");
    }

    @Test
    void aPageAtTheBeginningSaysSo() throws Exception {
        Page page = answering("xy", "Stream-Next-Offset: 7", "Stream-Beginning: true")
                .read("a", ReadOptions.lastBytes(9));
        assertThat(page.atBeginning()).isTrue();
        assertThat(page.startOffset()).isEqualTo("-1");
    }

    @Test
    void aServerThatIgnoresTheParametersIsFound() throws Exception {
        BlockingRemoteStreams streams = answering("the whole stream", "Stream-Next-Offset: 7");
        assertThatThrownBy(() -> streams.read("a", ReadOptions.lastBytes(2)))
                .isInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("does not read parts of streams");
    }

    @Test
    void aListingHasStreamsGroupsAndTheNextPage() throws Exception {
        BlockingRemoteStreams streams = answering("{\"new\":{\"a\":[1]},\"streams\":[{\"path\":\"a/ä\",\"contentType\":"
                + "\"text/plain\",\"nextOffset\":\"7\",\"earliestOffset\":\"2\",\"closed\":true,\"bytes\":5,\"new\":[],"
                + "\"createdAt\":\"2030-01-31T12:00:00.500Z\",\"lastAppendAt\":\"2030-02-01T00:00:00Z\",\"ttlSeconds\":60,\"retention\":{\"maxBytes\":9},\"metadataTag\":\"7:a\"}],"
                + "\"prefixes\":[\"a/b/\"],\"next\":\"a/b/\",\"position\":\"0.7\"}");
        StreamPage page =
                streams.list(ListOptions.below("a/").after("a/&").limit(7).grouped());
        assertThat(lastQuery()).isEqualTo(Map.of("prefix", "a/", "after", "a/&", "limit", "7", "delimiter", "/"));
        Retention retention = Retention.parse(null, "9", null);
        StreamMetadata metadata = new StreamMetadata(
                "text/plain",
                "7",
                "2",
                true,
                new Expiry.Ttl(60),
                retention,
                "7:a",
                Instant.parse("2030-02-01T00:00:00Z"));
        StreamEntry entry = new StreamEntry("a/ä", metadata, 5, Instant.parse("2030-01-31T12:00:00.5Z"));
        assertThat(page).isEqualTo(new StreamPage(List.of(entry), List.of("a/b/"), "a/b/", "0.7"));
    }

    @Test
    void anAnswerThatIsNoListingIsRefused() throws Exception {
        String[] bodies = {
            "<html>",
            "[]",
            "{}",
            "{\"streams\":1}",
            "{\"streams\":[1]}",
            "{\"streams\":[{}]}",
            "{\"streams\":[{\"path\":\"a\",\"contentType\":\"x/y\",\"nextOffset\":\"1\",\"earliestOffset\":\"1\","
                    + "\"closed\":false,\"bytes\":-5,\"createdAt\":\"today\"}]}"
        };
        for (String body : bodies) {
            BlockingRemoteStreams streams = answering(body);
            assertThatThrownBy(() -> streams.list(ListOptions.all()))
                    .as(body)
                    .isInstanceOf(StreamException.Invalid.class)
                    .hasMessageContaining("is not a list of its streams");
            server.close();
        }
    }
}
