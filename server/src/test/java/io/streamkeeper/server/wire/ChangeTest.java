package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PATCH: changes of the metadata of a stream. */
class ChangeTest {
    private static final String MAX_MESSAGES = "Stream-Retention-Max-Messages: ";
    private static final String TAG = "Stream-Metadata-Tag";

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static Answer patch(String path, String... fields) {
        return SERVER.exchange("PATCH", path, "", fields);
    }

    @Test
    void theAnswerAndTheDescriptionHaveTheNewMetadata() {
        String path = SERVER.create(TEXT, "abc");

        Answer changed = patch(path, "Content-Type: text/markdown", "Stream-TTL: 3600", MAX_MESSAGES + 5)
                .is(200);

        assertThat(changed.body()).isEmpty();
        Answer head = SERVER.head(path);
        for (String field : new String[] {
            "Content-Type",
            "Stream-TTL",
            "Stream-Retention-Max-Messages",
            "Stream-Next-Offset",
            "Stream-Earliest-Offset",
            TAG
        }) {
            assertThat(changed.field(field)).as(field).isNotNull().isEqualTo(head.field(field));
        }
        assertThat(head.field("Content-Type")).isEqualTo("text/markdown");
        assertThat(head.field("Stream-TTL")).isEqualTo("3600");
        assertThat(SERVER.get(path).field("Content-Type")).isEqualTo("text/markdown");
        assertThat(SERVER.get(ROOT + "?prefix=" + path.substring(ROOT.length())).text())
                .contains("\"contentType\":\"text/markdown\"", "\"ttlSeconds\":3600")
                .contains("\"metadataTag\":" + head.field(TAG));
    }

    @Test
    void theTimeOfTheLastAppendIsInWholeSeconds() {
        String path = SERVER.create(TEXT, "");
        assertThat(SERVER.head(path).field("Stream-Last-Append-At")).isNull();
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        SERVER.append(path, "abc");

        String text = SERVER.head(path).field("Stream-Last-Append-At");
        assertThat(text).matches("20[0-9-]{8}T[0-9:]{8}Z");
        assertThat(Instant.parse(text)).isBetween(before, Instant.now());
        assertThat(patch(path, "Stream-TTL: 3600").field("Stream-Last-Append-At"))
                .isEqualTo(text);
    }

    @Test
    void noneRemovesALimit() {
        String path = TestServer.path();
        SERVER.put(path, "", TEXT, "Stream-TTL: 60", MAX_MESSAGES + 5).is(201);

        Answer changed = patch(path, "Stream-TTL: none", MAX_MESSAGES + "none").is(200);

        assertThat(changed.field("Stream-TTL")).isNull();
        assertThat(changed.field("Stream-Retention-Max-Messages")).isNull();
        SERVER.put(path, "", TEXT).is(200);
    }

    @Test
    void onlyTheMetadataThatWasSeenIsChanged() {
        String path = SERVER.create(TEXT, "abc");
        String tag = SERVER.head(path).field(TAG);
        SERVER.append(path, "def");

        String next = patch(path, MAX_MESSAGES + 5, "If-Match: " + tag).is(200).field(TAG);

        Answer late = patch(path, MAX_MESSAGES + 6, "If-Match: " + tag).isError(412, "metadata_mismatch");
        assertThat(late.field(TAG)).isEqualTo(next).isNotEqualTo(tag);
        patch(path, MAX_MESSAGES + 5, "If-Match: " + tag).is(200);
        patch(path, MAX_MESSAGES + 6, "If-Match: W/" + next).isError(412, "metadata_mismatch");
        patch(path, MAX_MESSAGES + 6, "If-None-Match: " + next).isError(412, "precondition_failed");
        patch(path, MAX_MESSAGES + 6, "If-Match: \"x\", " + next).is(200);
        patch(path, MAX_MESSAGES + 7, "If-Match: *").is(200);
        patch(path, MAX_MESSAGES + 7, "If-Match: x").isError(400, "invalid_header");
    }

    @Test
    void aShorterRetentionDropsWhatIsBeyondIt() {
        String path = TestServer.path();
        SERVER.put(path, "", JSON, MAX_MESSAGES + 100).is(201);
        for (int i = 0; i < 5; i++) {
            SERVER.appendJson(path, "[" + i + "]");
        }

        patch(path, MAX_MESSAGES + 2).is(200);

        await().untilAsserted(() -> assertThat(SERVER.get(path).text()).isEqualTo("[3,4]"));
    }

    @Test
    void aTimeToLiveBeginsWithTheChange() {
        String path = SERVER.create(TEXT, "abc");

        patch(path, "Stream-TTL: 1").is(200);

        SERVER.head(path).is(200);
        await().untilAsserted(() -> SERVER.head(path).is(404));
        patch(path, "Stream-TTL: 1").isError(404, "stream_not_found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Stream-TTL: 0 | Stream-TTL is",
                "Stream-TTL: x | Stream-TTL is",
                "Stream-TTL: None | Stream-TTL is",
                "Stream-Expires-At: 2001-01-31T12:00:00Z | after the present one",
                "Stream-Retention-Max-Age: 0 | Stream-Retention-Max-Age is",
                "Stream-Retention-Max-Bytes: -1 | Stream-Retention-Max-Bytes is",
                "Content-Type: x | is not valid",
                "Stream-Closed: true | stream-closed came with PATCH",
                "Stream-Seq: 1 | stream-seq came with PATCH",
                "Accept: x | changes nothing"
            })
    void aBadFieldIsRefused(String field, String message) {
        String path = SERVER.create(TEXT, "abc");
        String tag = SERVER.head(path).field(TAG);

        assertThat(patch(path, field).isError(400, "invalid_header").text()).contains(message);
        assertThat(SERVER.head(path).field(TAG)).isEqualTo(tag);
    }

    @Test
    void twoTimesOfExpiryAreRefused() {
        String path = SERVER.create(TEXT, "abc");

        patch(path, "Stream-TTL: 1", "Stream-Expires-At: none").isError(400, "invalid_header");
    }

    @Test
    void aBodyIsRefused() {
        String path = SERVER.create(TEXT, "abc");

        SERVER.exchange("PATCH", path, "{\"ttl\":5}", "Content-Type: application/merge-patch+json")
                .isError(400, "unexpected_body");
        assertThat(SERVER.get(path).field("Content-Type")).isEqualTo("text/plain");
    }

    @Test
    void bytesAreNeverReadInAnotherWay() {
        String path = SERVER.create(JSON, "[1]");

        patch(path, "Content-Type: text/plain").isError(409, "content_type_mismatch");
        patch(path, "Content-Type: application/json;charset=utf-8").is(200);
        assertThat(SERVER.get(path).text()).isEqualTo("[1]");
    }

    @Test
    void aReaderThatFollowsIsNotDisturbed() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection waiting = SERVER.connect()) {
            waiting.request("GET", path + "?live=long-poll&offset=now", "");
            patch(path, "Content-Type: text/markdown").is(200);
            SERVER.post(path, "def", "Content-Type: text/markdown").is(204);

            assertThat(waiting.receive().text()).isEqualTo("def");
        }
    }

    @Test
    void aPageOfAnotherSiteMayNotChangeAnything() {
        String path = SERVER.create(TEXT, "abc");

        patch(path, MAX_MESSAGES + 5, "Origin: https://evil.example").isError(403, "origin_not_allowed");
        assertThat(SERVER.exchange("OPTIONS", path, "").field("Allow"))
                .isEqualTo("GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS");
        patch(ROOT, MAX_MESSAGES + 5).isError(400, "invalid_path");
    }

    @Test
    void pipelinedChangesAndAppendsKeepTheirOrder() throws IOException {
        String path = SERVER.create(TEXT, "a");
        try (TestConnection connection = SERVER.connect()) {
            connection.request("PATCH", path, "", "Content-Type: text/css");
            connection.request("POST", path, "b", "Content-Type: text/css");
            connection.request("PATCH", path, "", "Content-Type: text/plain");
            connection.request("POST", path, "c", TEXT);

            assertThat(connection.receive().status()).isEqualTo(200);
            assertThat(connection.receive().status()).isEqualTo(204);
            assertThat(connection.receive().status()).isEqualTo(200);
            assertThat(connection.receive().status()).isEqualTo(204);
            assertThat(SERVER.get(path).text()).isEqualTo("abc");
        }
    }
}
