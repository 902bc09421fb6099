package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.server.config.RetentionConfig;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Retention over HTTP: its headers, the data that is kept, and the responses to readers of dropped data. */
class RetentionTest {
    private static final String MAX_MESSAGES = "Stream-Retention-Max-Messages: ";
    private static final String MAX_BYTES = "Stream-Retention-Max-Bytes: ";
    private static final String MAX_AGE = "Stream-Retention-Max-Age: ";

    @RegisterExtension
    static final TestServer SERVER =
            new TestServer(TestServer.config(config -> config.retention(new RetentionConfig(List.of(
                    new RetentionConfig.Rule("logs/**", new Retention(-1, 8, 2)),
                    new RetentionConfig.Rule("*/short", new Retention(-1, 4, -1)))))));

    @Test
    void whatIsBeyondTheLastMessagesGoes() {
        String path = TestServer.path();
        Answer created = SERVER.put(path, "", TestServer.JSON, MAX_MESSAGES + 2);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.field("Stream-Retention-Max-Messages")).isEqualTo("2");
        String first = created.field("Stream-Next-Offset");
        for (int i = 0; i < 5; i++) {
            assertThat(SERVER.post(path, "[" + i + "]", TestServer.JSON).status())
                    .isEqualTo(204);
        }
        await().untilAsserted(() -> assertThat(SERVER.get(path).text()).isEqualTo("[3,4]"));
        Answer head = SERVER.head(path);
        String earliest = head.field("Stream-Earliest-Offset");
        assertThat(head.field("Stream-Retention-Max-Messages")).isEqualTo("2");
        assertThat(SERVER.get(path + "?offset=" + earliest).text()).isEqualTo("[3,4]");
        for (String live : List.of("", "&live=long-poll", "&live=sse")) {
            Answer gone = SERVER.get(path + "?offset=" + first + live);
            assertThat(gone.status()).as(live).isEqualTo(410);
            assertThat(gone.field("Stream-Earliest-Offset")).isEqualTo(earliest);
            assertThat(gone.text()).contains("\"code\":\"offset_gone\"", "\"earliestOffset\":\"" + earliest + "\"");
        }
    }

    @Test
    void aPollWhoseAnswerRetentionDropsAtOnceIsToldTheEarliestOffset() throws IOException {
        for (int kept = 1; kept <= 3; kept++) {
            String path = TestServer.path();
            String tail =
                    SERVER.put(path, "", TestServer.JSON, MAX_MESSAGES + kept).field("Stream-Next-Offset");
            SERVER.post(TestServer.path(), "another stream's data", TestServer.TEXT);
            try (TestConnection waiting = SERVER.connect()) {
                waiting.request("GET", path + "?live=long-poll&offset=" + tail, "");
                SERVER.appendJson(path, "[\"a\",\"b\",\"c\",\"d\"]");
                Answer answer = waiting.receive();
                assertThat(answer.status()).as(answer.text()).isEqualTo(410);
                String earliest = answer.field("Stream-Earliest-Offset");
                assertThat(SERVER.get(path + "?offset=" + earliest).text())
                        .isEqualTo("[\"a\",\"b\",\"c\",\"d\"]".replaceFirst("(\"[a-d]\",){" + (4 - kept) + "}", ""));
            }
        }
    }

    @Test
    void theMessagesOfAStreamOfBytesAreItsAppends() {
        String path = TestServer.path();
        assertThat(SERVER.put(path, "first", TestServer.TEXT, MAX_MESSAGES + 2).status())
                .isEqualTo(201);
        String large = "x".repeat(200_000);
        for (String text : List.of("one.", large, "two.", large)) {
            SERVER.post(path, text, TestServer.TEXT);
        }
        await().untilAsserted(() -> assertThat(SERVER.get(path).text()).isEqualTo("two." + large));
        assertThat(SERVER.head(path).field("Stream-Retention-Max-Messages")).isEqualTo("2");
    }

    @Test
    void retentionByBytesKeepsWholeAppends() {
        String path = TestServer.path();
        SERVER.put(path, "", TestServer.TEXT, MAX_BYTES + 7);
        for (String text : List.of("one.", "two.", "three.", "four.")) {
            SERVER.post(path, text, TestServer.TEXT);
        }
        await().untilAsserted(() -> assertThat(SERVER.get(path).text()).isEqualTo("three.four."));
    }

    @Test
    void retentionByAgeGoesByItself() {
        String path = TestServer.path();
        SERVER.put(path, "old", TestServer.TEXT, MAX_AGE + 1);
        await().untilAsserted(() -> assertThat(SERVER.get(path).text()).isEmpty());
        assertThat(SERVER.head(path).field("Stream-Earliest-Offset")).endsWith("_0000000000000006");
        SERVER.post(path, "new", TestServer.TEXT);
        assertThat(SERVER.get(path).status()).isEqualTo(200);
    }

    @Test
    void theSameRetentionIsTheSameStreamAndAnotherIsNot() {
        String path = TestServer.path();
        assertThat(SERVER.put(path, "", TestServer.TEXT, MAX_BYTES + 5).status())
                .isEqualTo(201);
        assertThat(SERVER.put(path, "", TestServer.TEXT, MAX_BYTES + 5).status())
                .isEqualTo(200);
        assertThat(SERVER.put(path, "", TestServer.TEXT, MAX_BYTES + 6).status())
                .isEqualTo(409);
        assertThat(SERVER.put(path, "", TestServer.TEXT).status()).isEqualTo(409);
    }

    @Test
    void aBoundThatIsNoneIsRefused() {
        for (String value : List.of("0", "-1", "+1", "01", "x", "1.5", "9999999999999999")) {
            assertThat(SERVER.put(TestServer.path(), "", TestServer.TEXT, MAX_BYTES + value)
                            .status())
                    .as(value)
                    .isEqualTo(400);
        }
    }

    @Test
    void aStreamThatSaysNothingKeepsWhatItsPathIsGiven() {
        String path = TestServer.ROOT + "logs/" + TestServer.path().substring(TestServer.ROOT.length());
        assertThat(SERVER.put(path, "", TestServer.TEXT).status()).isEqualTo(201);
        assertThat(SERVER.put(path, "", TestServer.TEXT).status()).isEqualTo(200);
        Answer head = SERVER.head(path);
        assertThat(head.field("Stream-Retention-Max-Bytes")).isEqualTo("8");
        assertThat(head.field("Stream-Retention-Max-Messages")).isEqualTo("2");
        assertThat(SERVER.put(path + "/json", "", TestServer.JSON).field("Stream-Retention-Max-Messages"))
                .isEqualTo("2");
        assertThat(SERVER.put(TestServer.path() + "/x/short", "", TestServer.TEXT)
                        .field("Stream-Retention-Max-Bytes"))
                .isNull();
        assertThat(SERVER.put(TestServer.path() + "/short", "", TestServer.TEXT).field("Stream-Retention-Max-Bytes"))
                .isEqualTo("4");
    }

    @Test
    void aForkOfWhatIsKeptBeginsThere() {
        String path = TestServer.path();
        SERVER.put(path, "", TestServer.TEXT, MAX_BYTES + 4);
        for (String text : List.of("aaaa", "bbbb", "cccc")) {
            SERVER.post(path, text, TestServer.TEXT);
        }
        await().untilAsserted(() -> assertThat(SERVER.get(path).text()).isEqualTo("cccc"));
        String fork = TestServer.path();
        assertThat(SERVER.put(fork, "", "Stream-Forked-From: " + path).status()).isEqualTo(201);
        SERVER.post(path, "dddd", TestServer.TEXT);
        SERVER.post(fork, "!", TestServer.TEXT);
        assertThat(SERVER.get(fork).text()).isEqualTo("cccc!");
    }
}
