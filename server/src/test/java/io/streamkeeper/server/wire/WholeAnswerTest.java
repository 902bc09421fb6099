package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catch-up answers that are longer than one window: they reach to the tail, whole. */
class WholeAnswerTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static String messages(int first, int count) {
        StringBuilder text = new StringBuilder("[");
        for (int i = first; i < first + count; i++) {
            text.append(i == first ? "" : ",")
                    .append("{\"number\":")
                    .append(i)
                    .append(",\"text\":\"")
                    .append("z".repeat(i % 90))
                    .append("\"}");
        }
        return text.append(']').toString();
    }

    private static String characters(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < count; i++) {
            text.append(i).append("\u00e4\u2603\ud83d\ude00");
        }
        return text.toString();
    }

    private static List<String> cut(String text, int length) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < text.length(); i += length) {
            int end = Math.min(text.length(), i + length);
            parts.add(text.substring(i, end));
        }
        return parts;
    }

    private static String unzipped(Answer answer) {
        assertThat(answer.field("Content-Encoding")).isEqualTo("gzip");
        return answer.unzipped();
    }

    // ---- all of it ----

    @Test
    void allMessagesAreOneArray() {
        String path = SERVER.create(JSON, "");
        for (int i = 0; i < 30; i++) {
            SERVER.appendJson(path, messages(1_000 * i, 1_000));
        }
        Answer all = SERVER.get(path).is(200);

        assertThat(all.text().equals(messages(0, 30_000))).isTrue();
        assertThat(all.field("Content-Length"))
                .isEqualTo(String.valueOf(messages(0, 30_000).length()));
        assertThat(all.field("Stream-Up-To-Date")).isEqualTo("true");
        assertThat(all.nextOffset()).isEqualTo(SERVER.head(path).nextOffset());
    }

    @Test
    void aLongTextAndItsRestComeWholeFromMemoryAndFromFiles() throws IOException {
        String text = characters(3_000_000);
        String path = SERVER.create(TEXT, "");
        String middle = "";
        int length = 0;
        for (String part : cut(text, 600_000)) {
            middle = length == 600_000 ? SERVER.head(path).nextOffset() : middle;
            SERVER.append(path, part);
            length += part.length();
        }
        for (int i = 0; i < 4; i++) {
            Answer all = SERVER.get(path).is(200);
            assertThat(all.text().equals(text)).isTrue();
            assertThat(SERVER.get(path + "?offset=" + middle).text().equals(text.substring(600_000)))
                    .isTrue();
            assertThat(unzipped(SERVER.get(path, "Accept-Encoding: gzip")).equals(text))
                    .isTrue();
            SERVER.append(path, "more");
            text += "more";
        }
    }

    @Test
    void aForkComesWithAllThatItInherits() {
        String text = characters(2_500_000);
        for (int shard = 0; shard < TestServer.SHARDS; shard++) {
            String source = SERVER.create(TEXT, text);
            String middle = TestServer.path(shard);
            SERVER.createAt(middle, TEXT, "", "Stream-Forked-From: " + source);
            SERVER.append(middle, text);
            String fork = TestServer.path((shard + 1) % TestServer.SHARDS);
            SERVER.createAt(fork, TEXT, "", "Stream-Forked-From: " + middle);
            SERVER.append(fork, "end");

            assertThat(SERVER.get(fork).is(200).text().equals(text + text + "end"))
                    .isTrue();
        }
    }

    @Test
    void anOldClientGetsAllToo() throws IOException {
        String text = characters(2_000_000);
        String path = SERVER.create(TEXT, text, "Stream-Closed: true");
        try (TestConnection connection = SERVER.connect()) {
            connection.send("GET " + path + " HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
            Answer all = connection.receive();
            assertThat(all.text().equals(text)).isTrue();
            assertThat(all.field("Stream-Closed")).isEqualTo("true");
            connection.assertEnds();
        }
    }

    @Test
    void itsTagIsThatOfTheWholeAnswer() throws IOException {
        String path = SERVER.create(TEXT, characters(2_000_000));
        Answer all = SERVER.get(path);

        assertThat(SERVER.get(path, "If-None-Match: " + all.field("ETag"))
                        .is(304)
                        .nextOffset())
                .isEqualTo(all.nextOffset());
        SERVER.append(path, "more");
        assertThat(SERVER.get(path, "If-None-Match: " + all.field("ETag"))
                        .is(200)
                        .text())
                .endsWith("more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip"})
    void pipelinedAnswersAreReadOneAtATimeAndInOrder(String coding) throws IOException {
        String text = characters(1_200_000);
        String path = SERVER.create(TEXT, text);
        String log = SERVER.create(TEXT, "");
        try (TestConnection connection = SERVER.connect()) {
            for (int i = 0; i < 10; i++) {
                connection.request("GET", path, "", "Accept-Encoding: " + coding);
                connection.request("POST", log, "x", TEXT);
                connection.request("GET", log, "");
            }
            for (int i = 0; i < 10; i++) {
                Answer answer = connection.receive().is(200);
                assertThat((coding.equals("gzip") ? unzipped(answer) : answer.text()).equals(text))
                        .isTrue();
                connection.receive().is(204);
                connection.receive().is(200);
            }
            assertThat(connection.exchange("GET", log, "").text()).isEqualTo("x".repeat(10));
        }
    }

    // ---- what happens meanwhile ----

    @Test
    void whatIsAppendedMeanwhileIsOfTheNextAnswer() throws IOException {
        byte[] part = new byte[1 << 20];
        String path = SERVER.create(BINARY, "");
        append(path, part, 16);
        try (TestConnection slow = SERVER.connect(64 << 10)) {
            slow.request("GET", path, "");
            Answer head = slow.input().head();
            append(path, part, 2);
            assertThat(slow.input().exactly(16 << 20)).hasSize(16 << 20);
            assertThat(head.field("Content-Length")).isEqualTo(String.valueOf(16 << 20));
            Answer rest = slow.exchange("GET", path + "?offset=" + head.nextOffset(), "");
            assertThat(rest.body()).hasSize(2 << 20);
        }
    }

    @Test
    void anAnswerOfAStreamThatIsDeletedIsCutAndItsConnectionClosed() throws IOException {
        String path = SERVER.create(BINARY, "");
        append(path, new byte[1 << 20], 24);
        try (TestConnection slow = SERVER.connect(64 << 10)) {
            slow.request("GET", path, "");
            slow.request("GET", path, "");
            slow.input().head();
            SERVER.delete(path).is(204);
            assertThatThrownBy(() -> slow.input().exactly(24 << 20)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void anAnswerWhoseBytesRetentionDropsIsCutAndItsConnectionClosed() throws IOException {
        String path = SERVER.create(BINARY, "", "Stream-Retention-Max-Bytes: " + (24 << 20));
        append(path, new byte[1 << 20], 24);
        try (TestConnection slow = SERVER.connect(64 << 10)) {
            slow.request("GET", path, "");
            slow.input().head();
            append(path, new byte[1 << 20], 24);
            assertThatThrownBy(() -> slow.input().exactly(24 << 20)).isInstanceOf(IOException.class);
        }
    }

    private static void append(String path, byte[] part, int count) throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            for (int i = 0; i < count; i++) {
                connection.send("POST " + path + " HTTP/1.1\r\nHost: a\r\n" + BINARY + "\r\nContent-Length: "
                        + part.length + "\r\n\r\n");
                connection.send(part);
                connection.receive().is(204);
            }
        }
    }

    @Test
    void clientsThatDoNotReadDoNotKeepOthersFromReading() throws IOException {
        String text = characters(4_000_000);
        String path = SERVER.create(TEXT, "");
        for (String part : cut(text, 500_000)) {
            SERVER.append(path, part);
        }
        List<TestConnection> silent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            TestConnection connection = SERVER.connect(4_096);
            silent.add(connection);
            for (int j = 0; j < 64; j++) {
                connection.request("GET", path, "", j % 2 == 0 ? "X: y" : "Accept-Encoding: gzip");
            }
        }
        for (int i = 0; i < 5; i++) {
            assertThat(SERVER.get(path).is(200).text().equals(text)).isTrue();
        }
        for (TestConnection each : silent) {
            each.close();
        }
        await().until(() -> SERVER.get(path, "Accept-Encoding: gzip").field("Content-Encoding") != null);
    }

    // ---- limits ----

    @Test
    void aLimitedAnswerOfTextEndsAfterAWholeCharacter() throws IOException {
        long seed = new SplittableRandom().nextLong();
        int limit = new SplittableRandom(seed).nextInt(4, 3_000);
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.read(read -> read.readBytesMax(limit))))) {
            String text = characters(20_000);
            String path = server.create(TEXT, text);
            String tail = server.head(path).nextOffset();
            for (String live : List.of("", "&live=long-poll")) {
                StringBuilder all = new StringBuilder();
                String offset = "-1";
                while (!offset.equals(tail)) {
                    Answer answer =
                            server.get(path + "?offset=" + offset + live).is(200);
                    assertThat(answer.body().length).as("seed " + seed).isBetween(1, limit);
                    all.append(decoded(answer.body()));
                    offset = answer.nextOffset();
                }
                assertThat(all.toString().equals(text)).as("seed " + seed).isTrue();
            }
        }
    }

    private static String decoded(byte[] body) throws CharacterCodingException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }
}
