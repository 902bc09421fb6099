package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One response that follows many streams. */
class ManyStreamsTest {
    @RegisterExtension
    static final TestServer SERVER =
            new TestServer(TestServer.config(config -> config.live(live -> live.sseStreamsMax(2_000))));

    private static String name(String path) {
        return path.substring(ROOT.length());
    }

    /** Reads events until {@code wanted} have come, by stream: the data joined, and the controls after it. */
    private static Map<String, String> events(EventReader reader, int wanted) throws IOException {
        Map<String, String> found = new HashMap<>();
        int count = 0;
        while (count < wanted) {
            Event event = reader.next();
            assertThat(event).isNotNull();
            if (event.type().equals("data")) {
                String stream = event.id().substring(0, event.id().lastIndexOf('@'));
                found.merge(stream, event.data(), String::concat);
                count++;
            }
        }
        return found;
    }

    /** The entries of a list of {@code count} streams that do not exist. */
    private static String absent(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"absent/" + i + "@-1\"")
                .collect(Collectors.joining(","));
    }

    private static String session(EventReader reader) throws IOException {
        return reader.next("session").data().replaceAll(".*:\"(.*)\".*", "$1");
    }

    private static EventReader post(String body) throws IOException {
        TestConnection connection = SERVER.connect();
        connection.request("POST", ROOT + "?live=sse", body, JSON);
        return connection.receiveEvents();
    }

    @Test
    void storedDataAndNewDataOfEachStreamArrive() throws IOException {
        String one = SERVER.create(JSON, "[1,2]");
        String two = SERVER.create(TEXT, "a");
        String three = SERVER.create(BINARY, "\u0001");
        String tail = SERVER.head(two).nextOffset();
        String target = ROOT + "?live=sse&stream=" + name(one) + "@-1&stream=" + name(two) + "@" + tail + "&stream="
                + name(three) + "@now";
        try (EventReader reader = SERVER.connect().events(target)) {
            assertThat(events(reader, 1)).containsOnly(Map.entry(name(one), "[1,2]"));
            SERVER.append(two, "b");
            SERVER.post(three, "\u0002", BINARY).is(204);
            assertThat(events(reader, 2)).containsOnly(Map.entry(name(two), "b"), Map.entry(name(three), "Ag=="));
            String next = SERVER.appendJson(one, "[3]");
            Event event = reader.next("data");
            assertThat(event.id()).startsWith(name(one) + "@" + next + "~" + next + ",");
            assertThat(event.data()).isEqualTo("[3]");
        }
    }

    @Test
    void theFirstEventOfAStreamSaysHowItsDataIsEncoded() throws IOException {
        String binary = SERVER.create(BINARY, "\u0001");
        String empty = SERVER.create("Content-Type: text/plain;charset=\"utf-8\"", "");
        String target = ROOT + "?live=sse&stream=" + name(binary) + "@-1";
        try (EventReader reader = SERVER.connect().events(target)) {
            String session = session(reader);
            Event first = reader.next();
            assertThat(first.data())
                    .isEqualTo("{\"stream\":\"" + name(binary) + "\",\"streamNextOffset\":\"" + first.nextOffset()
                            + "\",\"contentType\":\"application/octet-stream\",\"dataEncoding\":\"base64\"}");
            assertThat(first.id()).isEqualTo(name(binary) + "@" + first.nextOffset() + "~" + first.nextOffset());
            assertThat(reader.next().data()).isEqualTo("AQ==");
            assertThat(reader.next().data()).endsWith("\",\"upToDate\":true}");
            SERVER.post(ROOT + "?session=" + session, "{\"add\":[\"" + name(empty) + "@now\"]}", JSON)
                    .is(200);
            assertThat(reader.next().data())
                    .startsWith("{\"stream\":\"" + name(empty) + "\"")
                    .endsWith(",\"contentType\":\"text/plain;charset=\\\"utf-8\\\"\",\"upToDate\":true}");
            SERVER.append(empty, "a");
            assertThat(reader.next().data()).isEqualTo("a");
        }
    }

    @Test
    void aLongMessageIsDescribedToo() throws IOException {
        String path = SERVER.create(JSON, "[\"" + "x".repeat(900_000) + "\"]");
        try (EventReader reader = SERVER.connect().events(ROOT + "?live=sse&stream=" + name(path) + "@-1")) {
            session(reader);
            assertThat(reader.next().data()).endsWith(",\"contentType\":\"application/json\"}");
            assertThat(reader.next().data()).hasSize(900_004);
            assertThat(reader.next().data()).endsWith("\",\"upToDate\":true}");
        }
    }

    @Test
    void aStreamThatEndsOrDoesNotExistEndsAlone() throws IOException {
        String one = SERVER.create(JSON, "[1]");
        String two = SERVER.create(JSON, "[2]");
        String three = SERVER.create(JSON, "[3]");
        String absent = TestServer.path();
        String target = ROOT + "?live=sse"
                + List.of(one, two, three, absent).stream()
                        .map(path -> "&stream=" + name(path) + "@now")
                        .collect(Collectors.joining());
        try (EventReader reader = SERVER.connect().events(target)) {
            Map<String, String> controls = new HashMap<>();
            for (int i = 0; i < 4; i++) {
                Event control = reader.next("control");
                controls.put(control.data().replaceAll("\\{\"stream\":\"([^\"]*)\".*", "$1"), control.data());
            }
            assertThat(controls.get(name(absent)))
                    .isEqualTo("{\"stream\":\"" + name(absent) + "\",\"error\":\"stream_not_found\"}");
            assertThat(controls.get(name(one))).endsWith(",\"upToDate\":true}");
            SERVER.closeStream(one);
            assertThat(reader.next("control").data()).contains(name(one)).endsWith("\"streamClosed\":true}");
            SERVER.delete(two).is(204);
            assertThat(reader.next("control").data()).contains(name(two)).endsWith("\"error\":\"stream_not_found\"}");
            SERVER.appendJson(three, "[4]");
            assertThat(reader.next("data").data()).isEqualTo("[4]");
        }
    }

    @Test
    void aBodyNamesThousandsOfStreamsOfWhichEachArrives() throws IOException {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            paths.add(SERVER.create(JSON, "[" + i + "]"));
        }
        String body = paths.stream().map(path -> '"' + name(path) + "@-1\"").collect(Collectors.joining(",", "[", "]"));
        try (EventReader reader = post(body)) {
            Map<String, String> found = events(reader, 1_200);
            assertThat(found).hasSize(1_200).containsEntry(name(paths.get(777)), "[777]");
            for (int i = 0; i < 1_200; i += 100) {
                SERVER.appendJson(paths.get(i), "[-1]");
            }
            assertThat(events(reader, 12)).hasSize(12);
        }
    }

    @Test
    void aLongStreamAndALongMessageDelayNoOther() throws IOException {
        String longOne = SERVER.create(JSON, "[\"" + "x".repeat(900_000) + "\"]");
        String many = SERVER.create(TEXT, "y".repeat(700_000));
        String small = SERVER.create(TEXT, "z");
        String target = ROOT + "?live=sse&stream=" + name(longOne) + "@-1&stream=" + name(many) + "@-1&stream="
                + name(small) + "@-1";
        try (EventReader reader = SERVER.connect().events(target)) {
            Map<String, StringBuilder> found = new HashMap<>();
            int bytes = 0;
            while (bytes < 900_004 + 700_000 + 1) {
                Event event = reader.next("data");
                String stream = event.id().substring(0, event.id().lastIndexOf('@'));
                found.computeIfAbsent(stream, key -> new StringBuilder()).append(event.data());
                bytes += event.data().length();
            }
            assertThat(found.get(name(small))).hasToString("z");
            assertThat(found.get(name(many)).toString()).isEqualTo("y".repeat(700_000));
            assertThat(found.get(name(longOne)).length()).isEqualTo(900_004);
        }
    }

    @Test
    void nothingIsWrittenWithinALongMessage() throws IOException {
        String longOne = SERVER.create(JSON, "[\"" + "x".repeat(4_000_000) + "\"]");
        String other = SERVER.create(TEXT, "a");
        String target = ROOT + "?live=sse&stream=" + name(other) + "@now";
        try (EventReader reader = SERVER.connect(4 << 10).events(target)) {
            String change = "{\"add\":[\"" + name(longOne) + "@-1\"]}";
            String id = session(reader);
            assertThat(reader.next("control").data()).contains(name(other));
            SERVER.post(ROOT + "?session=" + id, change, JSON).is(200);
            SERVER.append(other, "b");
            SERVER.delete(other).is(204);
            Map<String, Integer> found = new HashMap<>();
            boolean ended = false;
            while (!ended || found.getOrDefault(name(longOne), 0) == 0) {
                Event event = reader.next();
                if (event.isData()) {
                    String stream = event.id().substring(0, event.id().lastIndexOf('@'));
                    found.merge(stream, event.data().length(), Integer::sum);
                }
                ended |= event.isControl() && event.data().contains("\"error\":\"stream_not_found\"");
            }
            assertThat(found).containsEntry(name(longOne), 4_000_004);
        }
    }

    @Test
    void streamsAreAddedAndRemovedWhileItRuns() throws IOException {
        String one = SERVER.create(JSON, "[1]");
        String two = SERVER.create(JSON, "[2]");
        try (EventReader reader = SERVER.connect().events(ROOT + "?live=sse&stream=" + name(one) + "@-1")) {
            String target = ROOT + "?session=" + session(reader);
            assertThat(events(reader, 1)).containsEntry(name(one), "[1]");
            String change = "{\"add\":[\"" + name(two) + "@-1\"],\"remove\":[\"" + name(one) + "\"]}";
            SERVER.post(target, change, JSON).is(200);
            assertThat(events(reader, 1)).containsEntry(name(two), "[2]");
            SERVER.appendJson(one, "[3]");
            SERVER.appendJson(two, "[4]");
            assertThat(events(reader, 1)).containsOnly(Map.entry(name(two), "[4]"));
            SERVER.post(target, "{\"remove\":[\"absent\"]}", JSON).is(200);
            SERVER.post(target, "[]", JSON).isError(400, "invalid_json");
        }
        SERVER.post(ROOT + "?session=absent", "{}", JSON).isError(404, "not_found");
    }

    @Test
    void aChangeThatIsRefusedChangesNothing() throws IOException {
        String one = SERVER.create(JSON, "[1]");
        try (EventReader reader = SERVER.connect().events(ROOT + "?live=sse&stream=" + name(one) + "@-1")) {
            String target = ROOT + "?session=" + session(reader);
            events(reader, 1);
            String more = absent(2_000);
            SERVER.post(target, "{\"add\":[" + more + "]}", JSON).isError(400, "invalid_parameter");
            SERVER.post(target, "{\"add\":[" + more + "],\"remove\":[\"" + name(one) + "\"]}", JSON)
                    .isError(400, "invalid_parameter");
            SERVER.appendJson(one, "[2]");
            assertThat(events(reader, 1)).containsEntry(name(one), "[2]");
        }
    }

    @Test
    void aBodyThatIsLongerThanManyStreamsNeedIsRefusedBeforeItArrives() throws IOException {
        String head = "POST " + ROOT + "?live=sse HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        for (String framing :
                List.of("Content-Length: 8388609\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n800001\r\n")) {
            try (TestConnection connection = SERVER.connect()) {
                connection.send(head + framing);
                connection.receive().isError(413, "body_too_large");
            }
        }
    }

    @Test
    void aSlowClientCostsPositionsAndGetsEverything() throws IOException {
        List<String> paths = new ArrayList<>();
        StringBuilder target = new StringBuilder(ROOT + "?live=sse");
        for (int i = 0; i < 20; i++) {
            paths.add(SERVER.create(TEXT, ""));
            target.append("&stream=").append(name(paths.get(i))).append("@-1");
        }
        try (EventReader reader = SERVER.connect(4 << 10).events(target.toString())) {
            for (int round = 0; round < 20; round++) {
                for (String path : paths) {
                    SERVER.append(path, "w".repeat(20_000));
                }
            }
            int bytes = 0;
            while (bytes < 20 * 20 * 20_000) {
                bytes += reader.next("data").data().length();
            }
            assertThat(bytes).isEqualTo(20 * 20 * 20_000);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?live=sse&stream=a",
                "?stream=a@-1",
                "?live=long-poll&stream=a@-1",
                "?live=sse&stream=__ds/a@-1",
                "?live=sse&stream=@-1",
                "?live=sse&stream=a//b@-1",
                "?live=sse&stream=a@1"
            })
    void aStreamThatIsNotValidIsRefused(String query) {
        Answer answer = SERVER.get(ROOT + query);
        assertThat(answer.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1]", "[\"a@-1\"", "[\"a@-1\"] []", "\"a@-1\"", "[[\"a@-1\"]]"})
    void aBodyThatIsNotAListIsRefused(String body) {
        SERVER.post(ROOT + "?live=sse", body, JSON).isError(400, "invalid_json");
    }

    @Test
    void moreStreamsThanTheLimitAreRefused() {
        SERVER.post(ROOT + "?live=sse", "[" + absent(2_001) + "]", JSON).isError(400, "invalid_parameter");
    }
}
