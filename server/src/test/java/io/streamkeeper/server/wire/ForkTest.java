package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forks; source and fork are in different shards wherever nothing else is said. */
class ForkTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private final String source = path(0);
    private final String fork = path(1);

    private static String of(String source) {
        return "Stream-Forked-From: " + source;
    }

    private static String at(String offset) {
        return "Stream-Fork-Offset: " + offset;
    }

    private static String plus(long subOffset) {
        return "Stream-Fork-Sub-Offset: " + subOffset;
    }

    private static String text(String path) {
        return SERVER.get(path).is(200).text();
    }

    // ---- what is inherited ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aForkHasItsSourcesBytesAndThenItsOwnInOneAnswer(int shard) {
        SERVER.createAt(source, TEXT, "abc");
        String path = path(shard);

        Answer created = SERVER.put(path, "", of(source)).is(201);
        SERVER.append(path, "def");
        SERVER.append(source, "xyz");

        assertThat(created.field("Content-Type")).isEqualTo("text/plain");
        assertThat(created.nextOffset()).endsWith("_0000000000000006");
        Answer read = SERVER.get(path).is(200);
        assertThat(read.text()).isEqualTo("abcdef");
        assertThat(read.isUpToDate()).isTrue();
        assertThat(text(source)).isEqualTo("abcxyz");
    }

    @Test
    void aForkMayHaveFirstContentOfItsOwn() {
        SERVER.createAt(source, JSON, "[1,2]");

        SERVER.put(fork, "[3,4]", JSON, of(source)).is(201);

        assertThat(text(fork)).isEqualTo("[1,2,3,4]");
    }

    @Test
    void aForkBeginsWhereItsOffsetSays() {
        SERVER.createAt(source, TEXT, "abc");
        String middle = SERVER.head(source).nextOffset();
        SERVER.append(source, "def");

        SERVER.put(fork, "", of(source), at(middle)).is(201);

        assertThat(text(fork)).isEqualTo("abc");
        SERVER.append(fork, "!");
        assertThat(text(fork)).isEqualTo("abc!");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0000000000000000_0000000000000000"})
    void aForkAtTheBeginningInheritsNothing(String beginning) {
        SERVER.createAt(source, TEXT, "abc");

        SERVER.put(fork, "", of(source), at(beginning)).is(201);

        assertThat(text(fork)).isEmpty();
        SERVER.append(fork, "x");
        assertThat(text(fork)).isEqualTo("x");
    }

    @Test
    void offsetsOfTheSourceAreOffsetsOfTheFork() {
        SERVER.createAt(source, TEXT, "abc");
        String middle = SERVER.head(source).nextOffset();
        SERVER.append(source, "def");
        SERVER.put(fork, "", of(source)).is(201);
        SERVER.append(fork, "ghi");

        assertThat(text(fork + "?offset=" + middle)).isEqualTo("defghi");
        String past = SERVER.append(source, "x");
        SERVER.get(fork + "?offset=" + past).isError(400, "invalid_offset");
    }

    @Test
    void aForkOfAForkInheritsFromBoth() {
        String grandchild = path(2);
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "", of(source)).is(201);
        SERVER.append(fork, "def");
        SERVER.put(grandchild, "", of(fork)).is(201);
        SERVER.append(grandchild, "ghi");
        SERVER.append(fork, "x");

        assertThat(text(grandchild)).isEqualTo("abcdefghi");
        String second = path(2);
        String middleOfSource = SERVER.head(source).nextOffset();
        SERVER.put(second, "", of(grandchild), at(middleOfSource)).is(201);
        SERVER.append(second, "!");
        assertThat(text(second)).isEqualTo("abc!");
    }

    @Test
    void aLongChainReadsAsOneStream() {
        SERVER.createAt(source, TEXT, "0");
        String last = source;
        StringBuilder all = new StringBuilder("0");
        for (int i = 1; i < 12; i++) {
            String next = path(i % TestServer.SHARDS);
            SERVER.put(next, "," + i, TEXT, of(last)).is(201);
            all.append(',').append(i);
            last = next;
        }
        assertThat(text(last)).isEqualTo(all.toString());
    }

    @Test
    void aClosedSourceGivesAnOpenFork() {
        SERVER.createAt(source, TEXT, "abc", "Stream-Closed: true");

        assertThat(SERVER.put(fork, "", of(source)).is(201).isClosed()).isFalse();
        assertThat(SERVER.get(fork).isClosed()).isFalse();
        SERVER.append(fork, "d");
    }

    @Test
    void aForkMayBeClosedByItself() {
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "", of(source)).is(201);
        SERVER.closeStream(fork);

        assertThat(SERVER.get(fork).isClosed()).isTrue();
        assertThat(SERVER.get(source).isClosed()).isFalse();
    }

    @Test
    void writersBeginAnewOnAFork() {
        SERVER.createAt(source, TEXT, "");
        String[] first = {TEXT, "Producer-Id: p", "Producer-Epoch: 7", "Producer-Seq: 0", "Stream-Seq: z"};
        SERVER.post(source, "a", first).is(200);
        SERVER.put(fork, "", of(source)).is(201);

        SERVER.post(fork, "b", TEXT, "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0", "Stream-Seq: a")
                .is(200);
        SERVER.post(source, "a", first).is(204);
    }

    // ---- sub-offsets ----

    @Test
    void aSubOffsetCountsBytes() {
        String beginning = SERVER.createAt(source, TEXT, "");
        SERVER.append(source, "abcdef");

        SERVER.put(fork, "", of(source), at(beginning), plus(4)).is(201);

        SERVER.append(fork, "!");
        assertThat(text(fork)).isEqualTo("abcd!");
        SERVER.put(path(2), "", of(source), at(beginning), plus(6)).is(201);
        SERVER.put(path(2), "", of(source), at(beginning), plus(7)).isError(400, "invalid_offset");
    }

    /** As in the reference, whose place may be anywhere within the append after the anchor. */
    @Test
    void aSubOffsetOfBytesDoesNotReachBeyondTheNextAppend() {
        String beginning = SERVER.createAt(source, TEXT, "");
        String second = SERVER.append(source, "abc");
        SERVER.append(source, "defg");

        SERVER.put(path(2), "", of(source), at(beginning), plus(4)).isError(400, "invalid_offset");
        SERVER.put(path(2), "", of(source), at(second), plus(5)).isError(400, "invalid_offset");
        SERVER.put(fork, "", of(source), at(second), plus(2)).is(201);
        assertThat(text(fork)).isEqualTo("abcde");

        SERVER.append(fork, "hi");
        SERVER.put(path(2), "", of(fork), at(second), plus(3)).isError(400, "invalid_offset");
        SERVER.put(path(2), "", of(fork), at(second), plus(2)).is(201);
        SERVER.delete(source).is(204);
        SERVER.put(path(2), "", of(fork), at(beginning), plus(4)).isError(400, "invalid_offset");
        SERVER.put(path(2), "", of(fork), at(beginning), plus(3)).is(201);
    }

    @Test
    void aSubOffsetCountsMessages() {
        String beginning = SERVER.createAt(source, JSON, "");
        SERVER.appendJson(source, "[1,22,333]");
        SERVER.appendJson(source, "[4444,5]");

        for (int count = 0; count <= 5; count++) {
            String path = path(count % TestServer.SHARDS);
            SERVER.put(path, "", of(source), at(beginning), plus(count)).is(201);
            SERVER.appendJson(path, "\"own\"");
            String inherited = "1,22,333,4444,5,".substring(0, new int[] {0, 2, 5, 9, 14, 16}[count]);
            assertThat(text(path)).isEqualTo("[" + inherited + "\"own\"]");
        }
        SERVER.put(fork, "", of(source), at(beginning), plus(6)).isError(400, "invalid_offset");
    }

    @Test
    void aSubOffsetGoesOnFromAnAnchorThatWasInherited() {
        String beginning = SERVER.createAt(source, JSON, "[1,2]");
        String anchor = SERVER.appendJson(source, "[3,4]");
        SERVER.put(fork, "[5,6]", JSON, of(source)).is(201);

        for (int count = 0; count <= 4; count++) {
            String path = path(2);
            SERVER.put(path, "", of(fork), at("-1"), plus(2 + count)).is(201);
            assertThat(text(path)).isEqualTo("[" + "1,2,3,4,5,6".substring(0, 3 + 2 * count) + "]");
        }
        String path = path(2);
        SERVER.put(path, "", of(fork), at(anchor), plus(1)).is(201);
        assertThat(text(path)).isEqualTo("[1,2,3,4,5]");
        String early = path(2);
        SERVER.put(early, "", of(fork), at(beginning), plus(1)).is(201);
        assertThat(text(early)).isEqualTo("[1,2,3]");
        SERVER.put(path(2), "", of(fork), at(anchor), plus(3)).isError(400, "invalid_offset");
    }

    @Test
    void aForkInsideAMessageIsRefused() {
        SERVER.createAt(source, JSON, "[{\"a\":1}]");
        String tail = SERVER.head(source).nextOffset();
        String inside = tail.substring(0, 31) + "06";

        SERVER.put(fork, "", of(source), at(inside)).isError(400, "invalid_offset");
        SERVER.put(fork, "", of(source), at(inside), plus(1)).isError(400, "invalid_offset");
        SERVER.delete(source).is(204);
        SERVER.head(source).is(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "1.0", "01", "+1", "99999999999999999999"})
    void aSubOffsetThatIsNoPlainIntegerIsRefused(String subOffset) {
        SERVER.createAt(source, TEXT, "abc");

        SERVER.put(fork, "", of(source), "Stream-Fork-Sub-Offset: " + subOffset).isError(400, "invalid_header");
    }

    // ---- what is refused ----

    @Test
    void aSourceThatIsNotThereIsNotFound() {
        SERVER.put(fork, "", of(source)).isError(404, "source_not_found");
        SERVER.put(fork, "", "Stream-Forked-From: somewhere/else").isError(400, "invalid_header");
    }

    @Test
    void anotherTypeThanTheSourcesIsAConflict() {
        SERVER.createAt(source, TEXT, "abc");

        SERVER.put(fork, "", JSON, of(source)).isError(409, "content_type_mismatch");
        SERVER.put(fork, "", TEXT, of(source)).is(201);
    }

    @Test
    void anOffsetThatTheSourceDoesNotHaveIsRefused() {
        SERVER.createAt(source, TEXT, "abc");
        String past = SERVER.head(source).nextOffset().substring(0, 32) + "8";

        SERVER.put(fork, "", of(source), at(past)).isError(400, "invalid_offset");
        SERVER.put(fork, "", of(source), at("9999999999999999_9999999999999999"))
                .isError(400, "invalid_offset");
        SERVER.put(fork, "", of(source), at("x")).isError(400, "invalid_offset");
        SERVER.put(fork, "", at(past)).isError(400, "invalid_header");
        SERVER.put(fork, "", plus(1)).isError(400, "invalid_header");
    }

    @Test
    void aRefusedForkDoesNotHoldItsSource() {
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "", of(source), at("-1"), plus(9)).is(400);
        SERVER.put(fork, "", JSON, of(source)).is(409);
        SERVER.createAt(fork, BINARY, "");
        SERVER.put(fork, "", of(source)).isError(409, "stream_exists");

        SERVER.delete(source).is(204);
        SERVER.head(source).is(404);
    }

    @Test
    void creatingTheSameForkAgainChangesNothing() {
        SERVER.createAt(source, TEXT, "abc");
        String tail = SERVER.head(source).nextOffset();
        SERVER.put(fork, "", of(source)).is(201);
        SERVER.append(source, "def");
        SERVER.append(fork, "xyz");

        SERVER.put(fork, "", of(source)).is(200);
        SERVER.put(fork, "", of(source), at(tail)).is(200);
        SERVER.put(fork, "", of(source), at("-1")).isError(409, "stream_exists");
        SERVER.put(fork, "", TEXT).isError(409, "stream_exists");
        SERVER.put(source, "", of(fork)).isError(409, "stream_exists");
        assertThat(text(fork)).isEqualTo("abcxyz");
    }

    // ---- deletion ----

    @Test
    void aDeletedSourceStaysForItsForks() {
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "", of(source)).is(201);

        SERVER.delete(source).is(204);

        SERVER.get(source).isError(410, "stream_deleted");
        SERVER.head(source).is(410);
        SERVER.post(source, "x", TEXT).isError(410, "stream_deleted");
        SERVER.delete(source).isError(410, "stream_deleted");
        SERVER.put(source, "", TEXT).isError(409, "stream_exists");
        SERVER.put(path(2), "", of(source)).isError(409, "source_deleted");
        SERVER.get(source + "?live=sse&offset=-1").isError(410, "stream_deleted");
        SERVER.append(fork, "def");
        assertThat(text(fork)).isEqualTo("abcdef");
    }

    @Test
    void theLastForkTakesItsDeletedSourceWithIt() {
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "", of(source)).is(201);
        String second = path(2);
        SERVER.put(second, "", of(source)).is(201);
        SERVER.delete(source).is(204);

        SERVER.delete(fork).is(204);
        SERVER.head(source).is(410);
        SERVER.delete(second).is(204);

        SERVER.head(source).is(404);
        SERVER.createAt(source, JSON, "");
    }

    @Test
    void deletionGoesUpTheChain() {
        String grandchild = path(2);
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "def", TEXT, of(source)).is(201);
        SERVER.put(grandchild, "ghi", TEXT, of(fork)).is(201);
        SERVER.delete(source).is(204);
        SERVER.delete(fork).is(204);
        assertThat(text(grandchild)).isEqualTo("abcdefghi");
        SERVER.head(fork).is(410);

        SERVER.delete(grandchild).is(204);

        SERVER.head(fork).is(404);
        SERVER.head(source).is(404);
    }

    @Test
    void aSourceMayBeDeletedBehindItsForks() {
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "", of(source)).is(201);
        SERVER.delete(fork).is(204);
        assertThat(text(source)).isEqualTo("abc");

        SERVER.delete(source).is(204);
        SERVER.head(source).is(404);
    }

    @Test
    void anOwnOffsetOfAForkThatWasReplacedIsGone() {
        SERVER.createAt(source, TEXT, "abc");
        String inherited = SERVER.head(source).nextOffset();
        SERVER.put(fork, "", of(source)).is(201);
        String own = SERVER.append(fork, "def");
        SERVER.delete(fork).is(204);
        SERVER.put(fork, "", of(source)).is(201);
        SERVER.append(fork, "xyz");

        SERVER.get(fork + "?offset=" + own).isError(410, "offset_gone");
        assertThat(text(fork + "?offset=" + inherited)).isEqualTo("xyz");
    }

    // ---- expiry ----

    @Test
    void aForkInheritsItsSourcesExpiryUnlessItHasItsOwn() {
        SERVER.createAt(source, TEXT, "", "Stream-TTL: 60");
        SERVER.put(fork, "", of(source)).is(201);
        assertThat(SERVER.head(fork).field("Stream-TTL")).isEqualTo("60");
        SERVER.put(fork, "", of(source)).is(200);

        String own = path(2);
        SERVER.put(own, "", of(source), "Stream-TTL: 30").is(201);
        assertThat(SERVER.head(own).field("Stream-TTL")).isEqualTo("30");

        String moment = path(0);
        SERVER.put(moment, "", of(source), "Stream-Expires-At: 2100-01-01T00:00:00Z")
                .is(201);
        assertThat(SERVER.head(moment).field("Stream-TTL")).isNull();
        String child = path(1);
        SERVER.put(child, "", of(moment)).is(201);
        assertThat(SERVER.head(child).field("Stream-Expires-At")).isEqualTo("2100-01-01T00:00:00.000Z");
    }

    // ---- live ----

    @Test
    void aPollWithinWhatIsInheritedIsAnsweredAtOnce() {
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "", of(source)).is(201);

        assertThat(SERVER.get(fork + "?live=long-poll&offset=-1").is(200).text())
                .isEqualTo("abc");
    }

    @Test
    void appendsToTheSourceDoNotWakeTheFork() throws IOException {
        SERVER.createAt(source, TEXT, "abc");
        String tail = SERVER.put(fork, "", of(source)).is(201).nextOffset();
        try (TestConnection waiting = SERVER.connect();
                EventReader events = SERVER.events(fork, tail)) {
            events.control();
            waiting.request("GET", fork + "?live=long-poll&offset=" + tail, "");
            SERVER.append(source, "not this");
            SERVER.append(fork, "this");
            assertThat(waiting.receive().is(200).text()).isEqualTo("this");
            assertThat(events.data().data()).isEqualTo("this");
        }
    }

    @Test
    void eventsBeginWithWhatIsInherited() throws IOException {
        SERVER.createAt(source, TEXT, "abc");
        SERVER.put(fork, "def", TEXT, of(source)).is(201);
        try (EventReader events = SERVER.events(fork, "-1")) {
            assertThat(new String(events.bytes(6), UTF_8)).isEqualTo("abcdef");
            SERVER.append(fork, "ghi");
            assertThat(events.data().data()).isEqualTo("ghi");
        }
    }

    // ---- bounds ----

    @Test
    void aForkIsReadInBoundedStepsAcrossItsSources() throws IOException {
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.read(read -> read.readBytesMax(100))))) {
            String expected = "";
            String last = null;
            for (int i = 0; i < 4; i++) {
                String path = path(i % TestServer.SHARDS);
                String own = ("" + i).repeat(130);
                server.put(path, own, last == null ? new String[] {TEXT} : new String[] {TEXT, of(last)})
                        .is(201);
                expected += own;
                last = path;
            }
            StringBuilder pages = new StringBuilder();
            Answer page = server.get(last);
            pages.append(page.text());
            while (!page.isUpToDate()) {
                assertThat(page.body()).hasSizeBetween(1, 100);
                page = server.get(last + "?offset=" + page.nextOffset());
                pages.append(page.text());
            }
            assertThat(pages.toString()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[\"own\"]"})
    void anInheritedMessageLargerThanTheBoundComesWhole(String own) {
        String message = "\"" + "x".repeat(2_000_000) + "\"";
        SERVER.createAt(source, JSON, message);
        SERVER.put(fork, own, JSON, of(source)).is(201);

        Answer first = SERVER.get(fork).is(200);
        assertThat(first.text()).startsWith("[" + message);
        assertThat(SERVER.get(fork + "?offset=" + first.nextOffset()).is(200).isUpToDate())
                .isTrue();
    }
}
