package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 13 on every method but an append's {@code If-Match}, which has a test of its own. */
class PreconditionsTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private final String path = SERVER.create(TEXT, "a");

    private static String quoted(String offset) {
        return '"' + offset + '"';
    }

    private String tail() {
        return SERVER.head(path).nextOffset();
    }

    // ---- DELETE ----

    @Test
    void aStreamIsDeletedInTheStateThatIsNamedOnly() {
        String before = tail();
        String tail = SERVER.append(path, "b");

        assertThat(SERVER.exchange("DELETE", path, "", "If-Match: " + quoted(before))
                        .isError(412, "offset_mismatch")
                        .nextOffset())
                .isEqualTo(tail);
        SERVER.exchange("DELETE", path, "", "If-Match: \"zz\"").is(412);
        SERVER.exchange("DELETE", path, "", "If-None-Match: " + quoted(tail)).isError(412, "precondition_failed");
        SERVER.exchange("DELETE", path, "", "If-None-Match: *").isError(412, "precondition_failed");
        SERVER.get(path).is(200);

        SERVER.exchange("DELETE", path, "", "If-Match: " + quoted(tail)).is(204);
        SERVER.exchange("DELETE", path, "", "If-Match: " + quoted(tail)).is(404);
    }

    // ---- PUT ----

    @Test
    void aStreamIsCreatedOnlyWhereThereIsNone() {
        String path = path();

        SERVER.put(path, "", TEXT, "If-None-Match: *").is(201);
        SERVER.put(path, "", TEXT, "If-None-Match: *").isError(412, "precondition_failed");
        SERVER.put(path, "", JSON, "If-None-Match: *").isError(409, "stream_exists");
    }

    @Test
    void aStreamIsConfirmedInTheStateThatIsNamedOnly() {
        SERVER.put(path, "", TEXT, "If-Match: " + quoted(tail())).is(200);
        SERVER.put(path, "", TEXT, "If-Match: *").is(200);
        SERVER.put(path, "", TEXT, "If-Match: \"x\"").isError(412, "offset_mismatch");
    }

    @Test
    void aStreamThatDoesNotExistHasNoState() {
        String path = path();

        SERVER.put(path, "", TEXT, "If-Match: *").isError(412, "precondition_failed");
        SERVER.get(path).is(404);
    }

    @Test
    void aForkIsCreatedOnlyWhereThereIsNoStream() {
        String fork = path();

        SERVER.put(fork, "", "Stream-Forked-From: " + path, "If-Match: *").isError(412, "precondition_failed");
        SERVER.put(fork, "", "Stream-Forked-From: " + path, "If-None-Match: *").is(201);
        SERVER.put(fork, "", "Stream-Forked-From: " + path, "If-None-Match: *").is(412);
    }

    // ---- POST ----

    @Test
    void anAppendMayInsistThatTheTailIsNotThereAnyMore() {
        String tail = tail();

        SERVER.post(path, "b", TEXT, "If-None-Match: " + quoted(tail)).isError(412, "precondition_failed");
        SERVER.post(path, "b", TEXT, "If-None-Match: W/" + quoted(tail)).is(412);
        SERVER.post(path, "b", TEXT, "If-None-Match: *").is(412);
        SERVER.post(path, "b", TEXT, "If-None-Match: \"x\"").is(204);
        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }

    // ---- GET and HEAD ----

    @Test
    void aReadMayInsistOnTheAnswerThatItHas() {
        String tag = SERVER.get(path).field("ETag");

        SERVER.get(path, "If-Match: " + tag).is(200);
        SERVER.get(path, "If-Match: \"x\", " + tag).is(200);
        SERVER.get(path, "If-Match: *").is(200);
        SERVER.get(path, "If-Match: W/" + tag).isError(412, "precondition_failed");
        SERVER.append(path, "b");
        SERVER.get(path, "If-Match: " + tag).isError(412, "precondition_failed");
        SERVER.get(path, "If-Match: " + tag, "If-None-Match: *").is(412);
    }

    @Test
    void aCompressedAnswerHasATagOfItsOwn() {
        String path = SERVER.create(TEXT, "a".repeat(2_000));
        String plain = SERVER.get(path).field("ETag");
        String compressed = SERVER.get(path, "Accept-Encoding: gzip").field("ETag");

        SERVER.get(path, "Accept-Encoding: gzip", "If-Match: " + compressed).is(200);
        SERVER.get(path, "Accept-Encoding: gzip", "If-Match: " + plain).isError(412, "precondition_failed");
    }

    @Test
    void aReadOfNoStreamIsNotFoundWhateverItInsistsOn() {
        SERVER.get(path(), "If-Match: \"x\"").isError(404, "stream_not_found");
        SERVER.get(path() + "?offset=-1&live=sse", "If-Match: \"x\"").isError(404, "stream_not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?offset=now", "?offset=now&live=long-poll&timeout=0.01", "?offset=-1&live=sse"})
    void anAnswerWithoutATagIsAcceptedByAnAsteriskOnly(String query) throws IOException {
        SERVER.get(path + query, "If-Match: \"x\"").isError(412, "precondition_failed");
        try (TestConnection connection = SERVER.connect()) {
            connection.request("GET", path + query, "", "If-Match: *");
            assertThat(connection.input().head().status()).isBetween(200, 204);
        }
    }

    @Test
    void aDescriptionHasTheTagOfTheWholeStream() {
        String tag = SERVER.get(path).field("ETag");

        assertThat(SERVER.head(path).field("ETag")).isEqualTo(tag);
        SERVER.exchange("HEAD", path, "", "If-Match: " + tag).is(200);
        SERVER.exchange("HEAD", path, "", "If-Match: \"x\"").is(412);
        assertThat(SERVER.exchange("HEAD", path, "", "If-None-Match: " + tag)
                        .is(304)
                        .nextOffset())
                .isEqualTo(tail());
        SERVER.closeStream(path);
        SERVER.exchange("HEAD", path, "", "If-None-Match: " + tag).is(200);
    }

    @Test
    void conditionsOnADateAreIgnoredBecauseAStreamHasNone() {
        SERVER.get(path, "If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT").is(200);
        SERVER.post(path, "b", TEXT, "If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT")
                .is(204);
    }

    // ---- what is stored as it comes ----

    @Test
    void aBodyWithAContentCodingIsRefused() {
        Answer refused =
                SERVER.post(path, "x", TEXT, "Content-Encoding: gzip").isError(415, "unsupported_content_encoding");
        assertThat(refused.field("Accept-Encoding")).isEqualTo("identity");
        SERVER.put(path(), "x", TEXT, "Content-Encoding: identity, br").is(415);
        SERVER.post(path, "b", TEXT, "Content-Encoding: Identity").is(204);
        SERVER.post(path, "", "Stream-Closed: true", "Content-Encoding: gzip").is(204);
        assertThat(SERVER.get(path).text()).isEqualTo("ab");
    }

    @Test
    void aPartOfAContentIsRefused() {
        SERVER.put(path(), "x", TEXT, "Content-Range: bytes 0-0/9").isError(400, "invalid_header");
        SERVER.post(path, "x", TEXT, "Content-Range: bytes 0-0/9").isError(400, "invalid_header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Stream-Seq: 1", "Stream-Expected-Offset: x", "Producer-Id: p", "Producer-Seq: 0"})
    void aConditionOfAnAppendComesWithAnAppendOnly(String field) {
        SERVER.put(path(), "", TEXT, field).isError(400, "invalid_header");
        SERVER.exchange("DELETE", path, "", field).isError(400, "invalid_header");
    }
}
