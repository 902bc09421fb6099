package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static void appendBytes(String path, String type, byte[] bytes) throws IOException {
        try (TestConnection connection = SERVER.connect()) {
            connection.send("POST " + path + " HTTP/1.1\r\nHost: test\r\n" + type + "\r\nContent-Length: "
                    + bytes.length + "\r\n\r\n");
            connection.send(bytes);
            connection.receive().is(204);
        }
    }

    // ---- events ----

    @Test
    void aControlEventComesAtOnceWhereThereIsNoData() throws IOException {
        String path = SERVER.create(TEXT, "");
        try (EventReader events = SERVER.events(path, "-1")) {
            Event control = events.control();
            assertThat(control.nextOffset()).isEqualTo(SERVER.head(path).nextOffset());
            assertThat(control.isUpToDate()).isTrue();
            assertThat(control.isClosed()).isFalse();
            assertThat(control.data()).containsPattern("\"streamCursor\":\"[0-9]+\"");
        }
    }

    @Test
    void eventsFromAfterTheTailBeginAtTheTail() throws IOException {
        String path = SERVER.create(TEXT, "");
        String tail = SERVER.head(path).nextOffset();
        try (EventReader events = SERVER.events(path, tail.substring(0, tail.length() - 2) + "99")) {
            assertThat(events.control().nextOffset()).isEqualTo(tail);
            SERVER.append(path, "news");
            assertThat(events.data().data()).isEqualTo("news");
        }
    }

    @Test
    void noProxyHoldsEventsBack() throws IOException {
        try (EventReader events = SERVER.events(SERVER.create(TEXT, ""), "-1")) {
            assertThat(events.head().field("X-Accel-Buffering")).isEqualTo("no");
            assertThat(events.head().field("Cache-Control")).contains("no-cache");
            assertThat(events.head().field("Stream-SSE-Data-Encoding")).isNull();
        }
    }

    @Test
    void whatIsThereComesFirstAndThenEachAppend() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.data().data()).isEqualTo("abc");
            assertThat(events.lastOffset()).isEqualTo(SERVER.head(path).nextOffset());
            for (int i = 0; i < 5; i++) {
                String tail = SERVER.append(path, "part " + i);
                assertThat(events.data().data()).isEqualTo("part " + i);
                assertThat(events.lastOffset()).isEqualTo(tail);
            }
        }
    }

    @Test
    void aReaderFromNowSeesWhatComesOnly() throws IOException {
        String path = SERVER.create(TEXT, "old");
        try (EventReader events = SERVER.events(path, "now")) {
            events.control();
            SERVER.append(path, "new");
            assertThat(events.data().data()).isEqualTo("new");
        }
    }

    @Test
    void messagesComeAsArrays() throws IOException {
        String path = SERVER.create(JSON, "[1,{\"a\":\"b\"}]");
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.data().data()).isEqualTo("[1,{\"a\":\"b\"}]");
            SERVER.appendJson(path, "[[2]]");
            assertThat(events.data().data()).isEqualTo("[[2]]");
        }
    }

    @Test
    void messagesOfManyLinesStayWhatTheyAre() throws IOException {
        String path = SERVER.create(JSON, "{\r\n \"a\" :\n1}");
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.data().data().replaceAll("\\s", "")).isEqualTo("[{\"a\":1}]");
        }
    }

    @Test
    void contentCannotForgeAnEvent() throws IOException {
        String path = SERVER.create(TEXT, "a\n\nevent: control\ndata: {}\r\n\r\nid: 7\rretry: 1\n");
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.data().data()).isEqualTo("a\n\nevent: control\ndata: {}\n\nid: 7\nretry: 1\n");
        }
    }

    @Test
    void spacesAtTheBeginningOfALineAreKept() throws IOException {
        String path = SERVER.create(TEXT, " a\n  b");
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.data().data()).isEqualTo(" a\n  b");
        }
    }

    @Test
    void octetsComeAsBase64() throws IOException {
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        String path = SERVER.create(BINARY, "");
        appendBytes(path, BINARY, bytes);
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.head().field("Stream-SSE-Data-Encoding")).isEqualTo("base64");
            assertThat(Base64.getDecoder().decode(events.data().data())).isEqualTo(bytes);
            appendBytes(path, BINARY, new byte[] {1});
            assertThat(events.data().data()).isEqualTo("AQ==");
        }
    }

    @Test
    void aCharacterOfTwoAppendsArrivesWhole() throws IOException {
        byte[] snowman = "\u2603".getBytes(UTF_8);
        String path = SERVER.create(TEXT, "");
        try (EventReader fresh = SERVER.events(path, "-1")) {
            fresh.control();
            appendBytes(path, TEXT, new byte[] {'a', snowman[0], snowman[1]});
            assertThat(fresh.data().data()).isEqualTo("a");
            try (EventReader late = SERVER.events(path, "-1")) {
                assertThat(late.data().data()).isEqualTo("a");
                appendBytes(path, TEXT, new byte[] {snowman[2], 'b'});
                assertThat(fresh.data().data()).isEqualTo("\u2603b");
                assertThat(late.data().data()).isEqualTo("\u2603b");
                assertThat(late.lastOffset()).isEqualTo(SERVER.head(path).nextOffset());
            }
        }
    }

    @Test
    void aLineEndOfTwoAppendsArrivesAsOne() throws IOException {
        String path = SERVER.create(TEXT, "");
        try (EventReader fresh = SERVER.events(path, "-1")) {
            fresh.control();
            SERVER.append(path, "a\r");
            assertThat(fresh.data().data()).isEqualTo("a");
            String held = fresh.lastOffset();
            try (EventReader late = SERVER.events(path, "-1")) {
                assertThat(late.data().data()).isEqualTo("a");
                SERVER.append(path, "\nb\r");
                SERVER.append(path, "c");
                assertThat(text(fresh, 4)).isEqualTo("\nb\nc");
                assertThat(text(late, 4)).isEqualTo("\nb\nc");
            }
            try (EventReader again = SERVER.events(path, held)) {
                assertThat(again.data().data()).isEqualTo("\nb\nc");
            }
        }
    }

    /** The text of the next events, {@code length} characters. */
    private static String text(EventReader events, int length) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.length() < length) {
            all.append(events.data().data());
        }
        return all.toString();
    }

    @Test
    void aReturnAtTheEndOfAClosedStreamIsTold() throws IOException {
        String path = SERVER.create(TEXT, "a\r", "Stream-Closed: true");
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.data().data()).isEqualTo("a\n");
            assertThat(events.lastOffset()).isEqualTo(SERVER.head(path).nextOffset());
        }
    }

    @Test
    void whatIsNotUtf8BecomesTheReplacementCharacter() throws IOException {
        String path = SERVER.create(TEXT, "");
        appendBytes(path, TEXT, new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe2, (byte) 0x98, '\n', 'c'});
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.data().data()).isEqualTo("a\ufffdb\ufffd\nc");
            assertThat(events.lastOffset()).isEqualTo(SERVER.head(path).nextOffset());
            appendBytes(path, TEXT, new byte[] {(byte) 0xc3, (byte) 0x28, 'd'});
            assertThat(events.data().data()).isEqualTo("\ufffd(d");
        }
    }

    @Test
    void textOfAnotherCharsetComesAsBase64() throws IOException {
        byte[] bytes = "gr\u00fc\u00dfe\r\n".getBytes(ISO_8859_1);
        String type = "Content-Type: text/plain; charset=ISO-8859-1";
        String path = SERVER.create(type, "");
        appendBytes(path, type, bytes);
        try (EventReader events = SERVER.events(path, "-1")) {
            assertThat(events.head().field("Stream-SSE-Data-Encoding")).isEqualTo("base64");
            assertThat(Base64.getDecoder().decode(events.data().data())).isEqualTo(bytes);
        }
        String utf8 = SERVER.create("Content-Type: text/plain; charset=\"UTF-8\"", "abc");
        try (EventReader events = SERVER.events(utf8, "-1")) {
            assertThat(events.data().data()).isEqualTo("abc");
        }
    }

    @Test
    void aBoundSmallerThanACharacterDoesNotHoldItBack() throws IOException {
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.read(read -> read.readBytesMax(1))))) {
            String path = server.create(TEXT, "\u2603\ud83d\ude00", "Stream-Closed: true");
            try (EventReader events = server.events(path, "-1")) {
                StringBuilder all = new StringBuilder();
                for (Event event : events.rest()) {
                    all.append(event.isData() ? event.data() : "");
                }
                assertThat(all.toString()).isEqualTo("\u2603\ud83d\ude00");
            }
        }
    }

    @Test
    void aLongStreamComesInEventsOfWholeMessages() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 60_000; i++) {
            all.append(i == 0 ? "" : ",").append("{\"number\":").append(i).append('}');
        }
        String path = SERVER.create(JSON, "[" + all + "]");
        try (EventReader events = SERVER.events(path, "-1")) {
            StringBuilder told = new StringBuilder();
            int count = 0;
            while (told.length() < all.length()) {
                String data = events.data().data();
                told.append(told.length() == 0 ? "" : ",").append(data, 1, data.length() - 1);
                count++;
            }
            assertThat(told.toString()).isEqualTo(all.toString());
            assertThat(count).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300_000, 3_000_000})
    void aLongAppendReachesWhoWaits(int bytes) throws IOException {
        String path = SERVER.create(BINARY, "");
        try (EventReader events = SERVER.events(path, "-1")) {
            events.control();
            byte[] all = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                all[i] = (byte) (i * 7);
            }
            appendBytes(path, BINARY, all);
            assertThat(events.bytes(bytes)).isEqualTo(all);
            appendBytes(path, BINARY, new byte[] {1, 2, 3});
            assertThat(events.bytes(3)).containsExactly(1, 2, 3);
        }
    }

    // ---- where they begin ----

    @Test
    void aReaderComesBackByTheLastEventThatItSaw() throws IOException {
        String path = SERVER.create(TEXT, "");
        String first = SERVER.append(path, "abc");
        SERVER.append(path, "def");
        try (EventReader events = SERVER.events(path, "-1", "Last-Event-ID: " + first)) {
            assertThat(events.data().data()).isEqualTo("def");
        }
    }

    @Test
    void anOffsetIsNeeded() {
        String path = SERVER.create(TEXT, "abc");

        SERVER.get(path + "?live=sse").isError(400, "invalid_parameter");
        SERVER.get(path + "?live=sse&offset=-1", "Last-Event-ID: x").isError(400, "invalid_offset");
    }

    @Test
    void aStreamThatIsNotThereIsNotFound() {
        SERVER.get(path() + "?live=sse&offset=-1").isError(404, "stream_not_found");
    }

    // ---- the end ----

    @Test
    void aClosedStreamEndsBehindItsData() throws IOException {
        String path = SERVER.create(TEXT, "abc", "Stream-Closed: true");
        try (EventReader events = SERVER.events(path, "-1")) {
            List<Event> all = events.rest();
            assertThat(all).hasSize(2);
            assertThat(all.get(0).data()).isEqualTo("abc");
            assertThat(all.get(1).isClosed()).isTrue();
            assertThat(all.get(1).isUpToDate()).isTrue();
            assertThat(all.get(1).data()).doesNotContain("streamCursor");
        }
    }

    @Test
    void aClosedStreamReadAtItsTailSaysNothingElse() throws IOException {
        String path = SERVER.create(TEXT, "abc", "Stream-Closed: true");
        try (EventReader events = SERVER.events(path, "now")) {
            List<Event> all = events.rest();
            assertThat(all).hasSize(1);
            assertThat(all.get(0).isClosed()).isTrue();
        }
    }

    @Test
    void closureComesWithTheLastAppend() throws IOException {
        String path = SERVER.create(TEXT, "");
        try (EventReader events = SERVER.events(path, "-1")) {
            events.control();
            SERVER.post(path, "end", TEXT, "Stream-Closed: true").is(204);
            List<Event> all = events.rest();
            assertThat(all).hasSize(2);
            assertThat(all.get(0).data()).isEqualTo("end");
            assertThat(all.get(1).isClosed()).isTrue();
        }
    }

    @Test
    void closureAloneIsTold() throws IOException {
        String path = SERVER.create(TEXT, "");
        try (EventReader events = SERVER.events(path, "-1")) {
            events.control();
            SERVER.closeStream(path);
            List<Event> all = events.rest();
            assertThat(all).hasSize(1);
            assertThat(all.get(0).isClosed()).isTrue();
        }
    }

    @Test
    void anEventStreamIsTheLastResponseOfItsConnection() throws IOException {
        String path = SERVER.create(TEXT, "abc", "Stream-Closed: true");
        String other = SERVER.create(TEXT, "");
        try (TestConnection connection = SERVER.connect()) {
            connection.request("GET", path + "?live=sse&offset=-1", "");
            connection.request("POST", other, "not begun", TEXT);
            EventReader events = connection.receiveEvents();
            assertThat(events.head().field("Connection")).isEqualTo("close");
            assertThat(events.rest()).hasSize(2);
            connection.assertEnds();
            assertThat(SERVER.get(other).text()).isEmpty();
        }
    }

    @Test
    void aRefusedReaderKeepsItsConnection() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (TestConnection connection = SERVER.connect()) {
            connection.request("GET", path() + "?live=sse&offset=-1", "");
            connection.request("GET", path, "");
            assertThat(connection.receive().is(404).field("Connection")).isNull();
            assertThat(connection.receive().is(200).text()).isEqualTo("abc");
        }
    }

    @Test
    void readersAreGivenDifferentTimesToComeBack() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        Set<Integer> times = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            try (EventReader events = SERVER.events(path, "-1")) {
                assertThat(events.data().data()).isEqualTo("abc");
                assertThat(events.retryMillis()).isBetween(500, 1_500);
                times.add(events.retryMillis());
            }
        }
        assertThat(times).hasSizeGreaterThan(1);
    }

    @Test
    void deletionEndsTheEvents() throws IOException {
        String path = SERVER.create(TEXT, "abc");
        try (EventReader events = SERVER.events(path, "now")) {
            events.control();
            SERVER.delete(path).is(204);
            assertThat(events.rest()).isEmpty();
        }
    }

    @Test
    void aSessionEndsAfterItsTimeAndSilenceIsBroken() throws IOException {
        ServerConfig brief = TestServer.config(
                config -> config.live(live -> live.sseSessionMillis(400).sseKeepAliveMillis(40)));
        try (TestServer server = TestServer.started(brief)) {
            String path = server.create(TEXT, "");
            try (EventReader events = server.events(path, "-1")) {
                events.control();
                List<Event> all = events.rest();
                assertThat(all).isNotEmpty();
                assertThat(all).allMatch(event -> event.type().equals("comment"));
                events.connection().assertEnds();
            }
        }
    }

    @Test
    void anOldClientGetsEventsWithoutChunks() throws IOException {
        String path = SERVER.create(TEXT, "abc", "Stream-Closed: true");
        try (TestConnection connection = SERVER.connect()) {
            connection.send("GET " + path + "?live=sse&offset=-1 HTTP/1.0\r\n\r\n");
            Answer head = connection.input().head();
            assertThat(head.field("Transfer-Encoding")).isNull();
            assertThat(connection.input().rest()).contains("\n\nevent: data\ndata:abc\n");
        }
    }

    // ---- many ----

    @Test
    void everySubscriberGetsEveryAppendInOrderWhileManyWrite() throws Exception {
        int subscribers = 24;
        int writers = 4;
        int appends = 100;
        String path = SERVER.create(JSON, "");
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<List<String>>> told = new ArrayList<>();
        List<Future<?>> written = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            EventReader events = SERVER.events(path, "-1");
            told.add(threads.submit(messages(events, writers * appends)));
        }
        for (int i = 0; i < writers; i++) {
            int writer = i;
            written.add(threads.submit(() -> write(path, writer, appends)));
        }
        for (Future<?> each : written) {
            each.get();
        }
        String all = SERVER.get(path).text();
        for (Future<List<String>> each : told) {
            assertThat("[" + String.join(",", each.get()) + "]").isEqualTo(all);
        }
        threads.shutdown();
    }

    private static void write(String path, int writer, int appends) {
        for (int i = 0; i < appends; i++) {
            SERVER.appendJson(path, "\"" + writer + ":" + i + "\"");
        }
    }

    private static Callable<List<String>> messages(EventReader events, int count) {
        return () -> {
            List<String> all = new ArrayList<>();
            while (all.size() < count) {
                String data = events.data().data();
                all.addAll(List.of(data.substring(1, data.length() - 1).split(",", -1)));
            }
            events.close();
            return all;
        };
    }

    @Test
    void subscribersThatComeAndGoDoNotDisturbTheOthers() throws IOException {
        String path = SERVER.create(TEXT, "");
        try (EventReader staying = SERVER.events(path, "-1")) {
            staying.control();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < 40; i++) {
                EventReader passing = SERVER.events(path, "now");
                SERVER.append(path, i + ";");
                all.write((i + ";").getBytes(ISO_8859_1));
                passing.close();
            }
            assertThat(staying.bytes(all.size())).isEqualTo(all.toByteArray());
        }
    }
}
