package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongPollTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static String poll(String path, String offset) {
        return path + "?live=long-poll&offset=" + offset;
    }

    @Test
    void whatIsThereIsAnsweredAtOnce() {
        String path = SERVER.create(TEXT, "abc");

        Answer answer = SERVER.get(poll(path, "-1")).is(200);

        assertThat(answer.text()).isEqualTo("abc");
        assertThat(answer.isUpToDate()).isTrue();
        assertThat(answer.field("Stream-Cursor")).matches("[0-9]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"long-poll", "true"})
    void aPollAtTheTailIsAnsweredByTheNextAppend(String live) throws IOException {
        String path = SERVER.create(JSON, "1");
        String tail = SERVER.head(path).nextOffset();
        try (TestConnection waiting = SERVER.connect()) {
            waiting.request("GET", path + "?live=" + live + "&offset=" + tail, "");
            SERVER.appendJson(path, "[2,3]");
            assertThat(waiting.receive().is(200).text()).isEqualTo("[2,3]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "98", "99"})
    void aPollAfterTheTailWaitsAtTheTail(String place) throws IOException {
        String path = SERVER.create(TEXT, "");
        String tail = SERVER.head(path).nextOffset();
        try (TestConnection waiting = SERVER.connect()) {
            String after = tail.substring(0, tail.length() - place.length()) + place;
            waiting.request("GET", poll(path, after), "");
            // After the append, the offset would be that of the new tail, or after it.
            await().until(() -> SERVER.metric(Metric.WAITERS, "long_poll") == 1);
            SERVER.append(path, "news");
            assertThat(waiting.receive().is(200).text()).isEqualTo("news");
        }
    }

    @Test
    void manyPollsAreAnsweredByOneAppendOnAllLoops() throws IOException {
        String path = SERVER.create(TEXT, "");
        String tail = SERVER.head(path).nextOffset();
        List<TestConnection> waiting = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            TestConnection connection = SERVER.connect();
            connection.request("GET", poll(path, tail), "");
            waiting.add(connection);
        }
        String next = SERVER.append(path, "news");
        for (TestConnection connection : waiting) {
            Answer answer = connection.receive().is(200);
            assertThat(answer.text()).isEqualTo("news");
            assertThat(answer.nextOffset()).isEqualTo(next);
            connection.close();
        }
    }

    @Test
    void aPollThatSeesNothingSaysSoAfterItsTime() {
        String path = SERVER.create(TEXT, "abc");
        String tail = SERVER.head(path).nextOffset();

        Answer answer = SERVER.get(poll(path, tail) + "&timeout=0.05").is(204);

        assertThat(answer.nextOffset()).isEqualTo(tail);
        assertThat(answer.isUpToDate()).isTrue();
        assertThat(answer.isClosed()).isFalse();
        assertThat(answer.field("Stream-Cursor")).matches("[0-9]+");
    }

    @Test
    void noPollWaitsLongerThanTheServerAllows() throws IOException {
        ServerConfig brief = TestServer.config(
                config -> config.live(live -> live.longPollTimeoutMillis(50).longPollTimeoutMillisMax(50)));
        try (TestServer server = TestServer.started(brief)) {
            String path = server.create(TEXT, "");

            server.get(poll(path, "-1")).is(204);
            server.get(poll(path, "-1") + "&timeout=99999999999999999999").is(204);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "x", "1e3", "1.", ".5", "0.0001"})
    void aTimeoutThatIsNoneIsRefused(String timeout) {
        String path = SERVER.create(TEXT, "abc");

        SERVER.get(poll(path, "-1") + "&timeout=" + timeout).isError(400, "invalid_parameter");
    }

    @Test
    void anOffsetIsNeeded() {
        String path = SERVER.create(TEXT, "abc");

        SERVER.get(path + "?live=long-poll").isError(400, "invalid_parameter");
        SERVER.get(path + "?live=other&offset=-1").isError(400, "invalid_parameter");
    }

    @Test
    void aClosedStreamAnswersAtOnce() {
        String path = SERVER.create(TEXT, "abc");
        SERVER.closeStream(path);

        Answer end = SERVER.get(poll(path, "now")).is(204);
        assertThat(end.isClosed()).isTrue();
        assertThat(end.isUpToDate()).isTrue();
        assertThat(SERVER.get(poll(path, "-1")).is(200).isClosed()).isTrue();
    }

    @Test
    void closingEndsTheWait() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection waiting = SERVER.connect()) {
            waiting.request("GET", poll(path, "now"), "");
            SERVER.closeStream(path);
            Answer end = waiting.receive().is(204);
            assertThat(end.isClosed()).isTrue();
            assertThat(end.isUpToDate()).isTrue();
        }
    }

    @Test
    void theLastAppendAndTheClosureComeTogether() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        String tail = SERVER.head(path).nextOffset();
        try (TestConnection waiting = SERVER.connect()) {
            waiting.request("GET", poll(path, tail), "");
            SERVER.post(path, "end", TEXT, "Stream-Closed: true").is(204);
            Answer end = waiting.receive().is(200);
            assertThat(end.text()).isEqualTo("end");
            assertThat(end.isClosed()).isTrue();
        }
    }

    @Test
    void deletionEndsTheWait() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection waiting = SERVER.connect()) {
            waiting.request("GET", poll(path, "now"), "");
            SERVER.delete(path).is(204);
            waiting.receive().isError(404, "stream_not_found");
        }
    }

    @Test
    void aPollOfNothingIsNotFound() {
        SERVER.get(poll(path(), "-1")).isError(404, "stream_not_found");
    }

    @Test
    void aCursorIsAnsweredByALaterOne() {
        String path = SERVER.create(TEXT, "abc");
        String first = SERVER.get(poll(path, "-1")).field("Stream-Cursor");

        String second = SERVER.get(poll(path, "-1") + "&cursor=" + first).field("Stream-Cursor");

        assertThat(Long.parseLong(second)).isGreaterThan(Long.parseLong(first));
        assertThat(SERVER.get(poll(path, "-1") + "&cursor=garbage").field("Stream-Cursor"))
                .matches("[0-9]+");
    }

    @Test
    void whatTheClientHasIsNotSentAgain() {
        String path = SERVER.create(TEXT, "abc");
        String tag = SERVER.get(poll(path, "-1")).field("ETag");

        SERVER.get(poll(path, "-1"), "If-None-Match: " + tag).is(304);
    }

    @Test
    void answersKeepTheirOrderBehindAPoll() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        String tail = SERVER.head(path).nextOffset();
        try (TestConnection connection = SERVER.connect()) {
            connection.request("GET", poll(path, tail), "");
            connection.request("HEAD", path, "");
            connection.request("GET", path, "");
            SERVER.append(path, "d");
            assertThat(connection.receive().is(200).text()).isEqualTo("d");
            connection.input().answer(true).is(200);
            assertThat(connection.receive().is(200).text()).startsWith("abc");
        }
    }

    @Test
    void anAppendBehindThePollOnOneConnectionAnswersIt() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        String tail = SERVER.head(path).nextOffset();
        try (TestConnection connection = SERVER.connect()) {
            connection.request("GET", poll(path, tail), "");
            connection.request("POST", path, "d", TEXT);
            assertThat(connection.receive().is(200).text()).isEqualTo("d");
            connection.receive().is(204);
        }
    }

    @Test
    void aClientThatGoesAwayIsForgotten() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        for (int i = 0; i < 50; i++) {
            TestConnection connection = SERVER.connect();
            connection.request("GET", poll(path, "now"), "");
            connection.close();
        }
        SERVER.append(path, "d");
        assertThat(SERVER.get(path).text()).isEqualTo("abcd");
    }
}
