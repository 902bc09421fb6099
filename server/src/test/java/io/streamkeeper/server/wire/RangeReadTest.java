package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads that end before the tail, begin at the last messages, or return pages towards the beginning. */
class RangeReadTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static String numbers(int count) {
        String path = SERVER.create(JSON, "");
        for (int i = 0; i < count; i++) {
            SERVER.appendJson(path, "[" + i + "]");
        }
        return path;
    }

    // ---- the end of a read ----

    @Test
    void aLimitOfMessagesEndsAReadAndTheNextContinuesThere() {
        String path = numbers(5);
        Answer first = SERVER.get(path + "?offset=-1&limit=2").is(200);
        assertThat(first.text()).isEqualTo("[0,1]");
        assertThat(first.isUpToDate()).isFalse();
        Answer second = SERVER.get(path + "?limit=2&offset=" + first.nextOffset());
        assertThat(second.text()).isEqualTo("[2,3]");
        Answer third = SERVER.get(path + "?limit=2&offset=" + second.nextOffset());
        assertThat(third.text()).isEqualTo("[4]");
        assertThat(third.isUpToDate()).isTrue();
        Answer none = SERVER.get(path + "?limit=2&offset=" + third.nextOffset());
        assertThat(none.text()).isEqualTo("[]");
        assertThat(none.isUpToDate()).isTrue();
    }

    @Test
    void aLimitOfBytesKeepsMessagesWholeButReturnsAtLeastOne() {
        String path = SERVER.create(JSON, "");
        SERVER.appendJson(path, "[\"aaaa\",\"bb\",\"cc\"]");
        assertThat(SERVER.get(path + "?max_bytes=1").text()).isEqualTo("[\"aaaa\"]");
        assertThat(SERVER.get(path + "?max_bytes=11").text()).isEqualTo("[\"aaaa\"]");
        assertThat(SERVER.get(path + "?max_bytes=12").text()).isEqualTo("[\"aaaa\",\"bb\"]");
        assertThat(SERVER.get(path + "?max_bytes=12&limit=1").text()).isEqualTo("[\"aaaa\"]");
        assertThat(SERVER.get(path + "?max_bytes=99999999999999999999").text()).isEqualTo("[\"aaaa\",\"bb\",\"cc\"]");
    }

    @Test
    void aLimitOfBytesKeepsCharactersWhole() {
        String path = SERVER.create(TEXT, "a\u00e4\u20ac\ud83d\ude00z");
        assertThat(SERVER.get(path + "?max_bytes=2").text()).isEqualTo("a");
        assertThat(SERVER.get(path + "?max_bytes=3").text()).isEqualTo("a\u00e4");
        assertThat(SERVER.get(path + "?max_bytes=9").text()).isEqualTo("a\u00e4\u20ac");
        assertThat(SERVER.get(path + "?tail_bytes=2").text()).isEqualTo("z");
        assertThat(SERVER.get(path + "?tail_bytes=5").text()).isEqualTo("\ud83d\ude00z");
        String next = SERVER.get(path + "?max_bytes=6").nextOffset();
        assertThat(SERVER.get(path + "?max_bytes=1&offset=" + next).text()).isEqualTo("\ud83d\ude00");
    }

    @Test
    void anOffsetEndsARead() {
        String path = numbers(4);
        String until = SERVER.get(path + "?limit=3").nextOffset();
        Answer answer = SERVER.get(path + "?until=" + until);
        assertThat(answer.text()).isEqualTo("[0,1,2]");
        assertThat(answer.nextOffset()).isEqualTo(until);
        assertThat(answer.isUpToDate()).isFalse();
        Answer none = SERVER.get(path + "?until=" + until + "&offset=" + until);
        assertThat(none.text()).isEqualTo("[]");
        assertThat(none.isUpToDate()).isFalse();
        String tail = SERVER.head(path).nextOffset();
        assertThat(SERVER.get(path + "?until=" + tail).isUpToDate()).isTrue();
        SERVER.get(path + "?offset=" + tail + "&until=" + until).isError(400, "invalid_parameter");
    }

    @Test
    void anEndInsideAMessageIsRefused() {
        String path = SERVER.create(JSON, "");
        String tail = SERVER.appendJson(path, "[\"abcdef\",1]");
        String inside = tail.substring(0, 17) + String.format("%016d", 6);
        for (String query : List.of("?until=", "?live=sse&offset=-1&until=", "?direction=backward&limit=1&offset=")) {
            SERVER.get(path + query + inside).isError(400, "invalid_offset");
        }
        SERVER.get(path + "?limit=1&offset=" + inside).isError(400, "invalid_offset");
    }

    @Test
    void eventsEndAtAnOffsetThatIsNotReachedYet() throws IOException {
        String path = numbers(2);
        String tail = SERVER.head(path).nextOffset();
        long place = Long.parseLong(tail.substring(17)) + 4;
        String until = tail.substring(0, 17) + String.format("%016d", place);
        try (EventReader events = SERVER.events(path, "-1&until=" + until)) {
            assertThat(events.data().data()).isEqualTo("[0,1]");
            SERVER.appendJson(path, "[2,3,4]");
            assertThat(events.data().data()).isEqualTo("[2]");
            assertThat(events.lastOffset()).isEqualTo(until);
            assertThat(events.next()).isNull();
        }
    }

    private static String after(String offset, int bytes) {
        return offset.substring(0, 17) + String.format("%016d", Long.parseLong(offset.substring(17)) + 2L * bytes);
    }

    @Test
    void aLimitOfBytesInsideACharacterDoesNotMoveTheEnd() {
        String path = SERVER.create(TEXT, "");
        String start = SERVER.head(path).nextOffset();
        SERVER.post(path, "a\u20acb", TEXT).is(204);
        String until = after(start, 3);
        Answer answer = SERVER.get(path + "?max_bytes=1&offset=" + after(start, 1) + "&until=" + until);
        assertThat(answer.is(200).nextOffset()).isEqualTo(until);
    }

    @Test
    void zerosBeforeALimitDoNotCount() {
        assertThat(SERVER.get(numbers(3) + "?limit=" + "0".repeat(25) + "2").text())
                .isEqualTo("[0,1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r", "bc\r", "b\r\n\r"})
    void eventsEndAfterACarriageReturnThatALineFeedMayFollow(String last) throws IOException {
        String path = SERVER.create(TEXT, "");
        String until = after(SERVER.head(path).nextOffset(), 1 + last.length());
        SERVER.post(path, "a", TEXT).is(204);
        try (EventReader events = SERVER.events(path, "-1&until=" + until)) {
            assertThat(events.data().data()).isEqualTo("a");
            SERVER.post(path, last, TEXT).is(204);
            Event event = events.next();
            Event end = null;
            while (event != null) {
                end = event;
                event = events.next();
            }
            assertThat(end).isNotNull();
            assertThat(end.data()).contains(until);
        }
    }

    // ---- the beginning of a read ----

    @Test
    void theLastMessagesAreReturnedWithTheOffsetBeforeThem() {
        String path = numbers(5);
        Answer answer = SERVER.get(path + "?tail=2").is(200);
        assertThat(answer.text()).isEqualTo("[3,4]");
        assertThat(answer.isUpToDate()).isTrue();
        assertThat(answer.field("Cache-Control")).isEqualTo("public, no-cache");
        assertThat(SERVER.get(path + "?offset=" + answer.field("Stream-Previous-Offset"))
                        .text())
                .isEqualTo("[3,4]");
        Answer all = SERVER.get(path + "?tail=9");
        assertThat(all.text()).isEqualTo("[0,1,2,3,4]");
        assertThat(all.field("Stream-Beginning")).isEqualTo("true");
        assertThat(all.field("Stream-Previous-Offset")).isNull();
        assertThat(SERVER.get(path + "?tail=4&limit=2").text()).isEqualTo("[1,2]");
        assertThat(SERVER.get(path + "?tail=1&live=long-poll").text()).isEqualTo("[4]");
    }

    @Test
    void aReaderOfEventsBeginsAtTheLastMessages() throws IOException {
        String path = numbers(5);
        try (EventReader events = SERVER.connect().events(path + "?live=sse&tail=2")) {
            assertThat(events.data().data()).isEqualTo("[3,4]");
            SERVER.appendJson(path, "[5]");
            assertThat(events.data().data()).isEqualTo("[5]");
        }
    }

    @Test
    void aTailThatIsNotChangedIsNotSentAgain() {
        String path = numbers(3);
        String tag = SERVER.get(path + "?tail=1").field("ETag");
        SERVER.get(path + "?tail=1", "If-None-Match: " + tag).is(304);
        SERVER.appendJson(path, "[3]");
        assertThat(SERVER.get(path + "?tail=1", "If-None-Match: " + tag).text()).isEqualTo("[3]");
    }

    @Test
    void theTagSaysWhetherMoreFollows() {
        String path = numbers(1);
        Answer whole = SERVER.get(path + "?limit=1");
        assertThat(whole.isUpToDate()).isTrue();
        SERVER.appendJson(path, "[1]");
        Answer part = SERVER.get(path + "?limit=1", "If-None-Match: " + whole.field("ETag"));
        assertThat(part.is(200).isUpToDate()).isFalse();
        SERVER.get(path + "?limit=1", "If-None-Match: " + part.field("ETag")).is(304);
    }

    @Test
    void aTimeIsWhereAReadBegins() {
        String path = numbers(2);
        Answer past = SERVER.get(path + "?since=2001-01-01T00:00:00Z").is(200);
        assertThat(past.text()).isEqualTo("[0,1]");
        assertThat(past.field("Stream-Beginning")).isEqualTo("true");
        assertThat(past.field("Cache-Control")).isEqualTo("public, no-cache");
        Answer future = SERVER.get(path + "?since=2100-01-01T00:00:00.5%2B01:00");
        assertThat(future.text()).isEqualTo("[]");
        assertThat(future.nextOffset()).isEqualTo(SERVER.head(path).nextOffset());
        assertThat(future.isUpToDate()).isTrue();
    }

    // ---- pages ----

    @Test
    void pagesLeadToTheBeginning() {
        String path = numbers(5);
        Answer last = SERVER.get(path + "?direction=backward&limit=2").is(200);
        assertThat(last.text()).isEqualTo("[3,4]");
        assertThat(last.isUpToDate()).isTrue();
        assertThat(last.field("Cache-Control")).isEqualTo("public, no-cache");
        String query = "?direction=backward&limit=2&offset=";
        Answer middle = SERVER.get(path + query + last.field("Stream-Previous-Offset"));
        assertThat(middle.text()).isEqualTo("[1,2]");
        assertThat(middle.isUpToDate()).isFalse();
        assertThat(middle.field("Cache-Control")).contains("max-age=60");
        assertThat(middle.nextOffset()).isEqualTo(last.field("Stream-Previous-Offset"));
        Answer first = SERVER.get(path + query + middle.field("Stream-Previous-Offset"));
        assertThat(first.text()).isEqualTo("[0]");
        assertThat(first.field("Stream-Beginning")).isEqualTo("true");
        assertThat(first.field("Stream-Previous-Offset")).isNull();
        Answer none = SERVER.get(path + query + "-1");
        assertThat(none.text()).isEqualTo("[]");
        assertThat(none.field("Stream-Beginning")).isEqualTo("true");
    }

    @Test
    void pagesEndAtTheEarliestMessageThatRetentionKeeps() {
        String path = TestServer.path();
        SERVER.put(path, "", JSON, "Stream-Retention-Max-Messages: 3").is(201);
        for (int i = 0; i < 6; i++) {
            SERVER.appendJson(path, "[" + i + "]");
        }
        await().untilAsserted(() -> assertThat(SERVER.get(path).text()).isEqualTo("[3,4,5]"));
        Answer page = SERVER.get(path + "?direction=backward&limit=2");
        assertThat(page.text()).isEqualTo("[4,5]");
        Answer first =
                SERVER.get(path + "?direction=backward&max_bytes=99&offset=" + page.field("Stream-Previous-Offset"));
        assertThat(first.text()).isEqualTo("[3]");
        assertThat(first.field("Stream-Beginning")).isEqualTo("true");
        assertThat(SERVER.get(path + "?tail=99").text()).isEqualTo("[3,4,5]");
    }

    // ---- everything against a model ----

    static LongStream seeds() {
        return RandomOperationsTest.seeds();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyRangeOfAStreamAndItsForksIsThatOfTheModel(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            boolean json = random.nextBoolean();
            String type = json ? JSON : random.nextBoolean() ? TEXT : BINARY;
            String path = SERVER.create(type, "");
            TreeMap<Integer, String> offsets = new TreeMap<>();
            List<String> messages = new ArrayList<>();
            StringBuilder content = new StringBuilder();
            offsets.put(0, SERVER.head(path).nextOffset());
            for (int generation = 0; generation < 4; generation++) {
                for (int i = random.nextInt(30); i > 0; i--) {
                    append(random, path, json, messages, content, offsets);
                }
                checkRanges(random, path, json, messages, content.toString(), offsets);
                String fork = TestServer.path();
                SERVER.put(fork, "", "Stream-Forked-From: " + path).is(201);
                path = fork;
            }
        }
    }

    private static void append(
            Random random,
            String path,
            boolean json,
            List<String> messages,
            StringBuilder content,
            Map<Integer, String> offsets) {
        String text = "x".repeat(random.nextInt(10) == 0 ? random.nextInt(100_000) : 1 + random.nextInt(20));
        String message = json ? '"' + text + '"' : text.isEmpty() ? "y" : text;
        String type = json ? JSON : SERVER.head(path).field("Content-Type");
        String next = json
                ? SERVER.appendJson(path, "[" + message + "]")
                : SERVER.post(path, message, "Content-Type: " + type).is(204).nextOffset();
        messages.add(message);
        content.append(message).append(json ? "," : "");
        offsets.put(content.length(), next);
    }

    private static void checkRanges(
            Random random,
            String path,
            boolean json,
            List<String> messages,
            String content,
            Map<Integer, String> offsets) {
        List<Integer> places = new ArrayList<>(offsets.keySet());
        for (int i = 0; i < 20; i++) {
            int from = random.nextInt(places.size());
            int to = from + random.nextInt(places.size() - from);
            String at = "offset=" + offsets.get(places.get(from));
            int bytes = 1 + random.nextInt(random.nextBoolean() ? 30 : 200_000);
            int end = places.get(to);
            expect(path, "?" + at + "&until=" + offsets.get(end), json, content, places.get(from), end);
            int limited = Math.min(content.length(), places.get(from) + bytes);
            int byBytes = json ? wholeBefore(places, places.get(from), limited) : limited;
            expect(path, "?" + at + "&max_bytes=" + bytes, json, content, places.get(from), byBytes);
            int lowest = Math.max(0, places.get(from) - bytes);
            int backBytes = json ? wholeAfter(places, places.get(from), lowest) : lowest;
            String page = "?direction=backward&" + at;
            expect(path, page + "&max_bytes=" + bytes, json, content, backBytes, places.get(from));
            if (json) {
                int count = 1 + random.nextInt(messages.size() + 2);
                int last = places.get(Math.min(places.size() - 1, from + count));
                expect(path, "?" + at + "&limit=" + count, true, content, places.get(from), last);
                int first = places.get(Math.max(0, from - count));
                expect(path, page + "&limit=" + count, true, content, first, places.get(from));
                int begin = places.get(Math.max(0, places.size() - 1 - count));
                expect(path, "?tail=" + count, true, content, begin, content.length());
            }
        }
    }

    private static int wholeBefore(List<Integer> places, int from, int limit) {
        int floor = places.stream().filter(place -> place <= limit).reduce(0, Math::max);
        return floor > from
                ? floor
                : places.stream().filter(place -> place > from).findFirst().orElse(from);
    }

    private static int wholeAfter(List<Integer> places, int end, int limit) {
        int ceiling =
                places.stream().filter(place -> place >= limit).findFirst().orElse(end);
        return ceiling < end
                ? ceiling
                : places.stream().filter(place -> place < end).reduce(0, Math::max);
    }

    private static void expect(String path, String query, boolean json, String content, int from, int to) {
        Answer answer = SERVER.get(path + query).is(200);
        String bytes = content.substring(from, to);
        String expected = !json ? bytes : bytes.isEmpty() ? "[]" : "[" + bytes.substring(0, bytes.length() - 1) + "]";
        assertThat(answer.text().equals(expected))
                .as("%s%s: %d to %d of %d, got %d bytes", path, query, from, to, content.length(), answer.body().length)
                .isTrue();
        assertThat(answer.isUpToDate()).isEqualTo(to == content.length());
    }

    // ---- refusals ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=-1",
                "limit=x",
                "limit=",
                "max_bytes=0",
                "max_bytes=1.5",
                "tail=0",
                "tail=1&tail_bytes=1",
                "tail=1&offset=-1",
                "tail_bytes=1&offset=now",
                "tail=1&direction=backward",
                "since=1",
                "since=",
                "since=2030-02-30T00:00:00Z",
                "since=2030-01-01T00:00:00",
                "since=2030-01-01T00:00:00+01:00",
                "since=2030-01-01T00:00:00Z&offset=-1",
                "since=2030-01-01T00:00:00Z&tail=1",
                "since=2030-01-01T00:00:00Z&direction=backward&limit=1",
                "direction=backward",
                "direction=up&limit=1",
                "direction=backward&limit=1&until=-1",
                "direction=backward&limit=1&live=sse&offset=now",
                "direction=backward&limit=1&live=long-poll&offset=now",
                "limit=1&live=sse&offset=-1",
                "limit=1&limit=1"
            })
    void aParameterThatIsNotValidIsRefused(String query) {
        SERVER.get(numbers(1) + "?" + query).isError(400, "invalid_parameter");
    }

    @ParameterizedTest
    @CsvSource({"until=x", "until=-1", "until=now"})
    void anEndThatIsNotAnOffsetIsRefused(String query) {
        SERVER.get(numbers(1) + "?" + query).isError(400, "invalid_offset");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=1", "tail=1", "direction=backward&limit=1"})
    void messagesOfAStreamOfBytesAreNotCounted(String query) {
        SERVER.get(SERVER.create(TEXT, "a") + "?" + query).isError(400, "invalid_parameter");
    }
}
