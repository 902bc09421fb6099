package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatchUpTest {
    private static final int READ_BYTES_MAX = 1_000;

    @RegisterExtension
    static final TestServer SERVER =
            new TestServer(TestServer.config(config -> config.read(read -> read.readBytesMax(READ_BYTES_MAX))));

    private static Answer read(String path, String offset, String... fields) {
        return SERVER.get(path + "?offset=" + offset, fields).is(200);
    }

    // ---- where a read begins ----

    @Test
    void aReadBeginsAtTheBeginningUnlessItSaysWhere() {
        String path = SERVER.create(TEXT, "abc");

        assertThat(SERVER.get(path).is(200).text()).isEqualTo("abc");
        assertThat(read(path, "-1").text()).isEqualTo("abc");
        assertThat(read(path, "0000000000000000_0000000000000000").text()).isEqualTo("abc");
    }

    @Test
    void aReadFromAnOffsetReturnsWhatLiesBehindIt() {
        String path = SERVER.create(TEXT, "");
        String first = SERVER.append(path, "abc");
        SERVER.append(path, "def");

        assertThat(read(path, first).text()).isEqualTo("def");
    }

    @Test
    void aReadAtTheTailIsEmptyAndUpToDate() {
        String path = SERVER.create(TEXT, "abc");
        String tail = SERVER.head(path).nextOffset();

        for (String offset : new String[] {"now", tail}) {
            Answer read = read(path, offset);
            assertThat(read.text()).isEmpty();
            assertThat(read.isUpToDate()).isTrue();
            assertThat(read.isClosed()).isFalse();
            assertThat(read.nextOffset()).isEqualTo(tail);
        }
    }

    @Test
    void aReadAtTheTailOfNoMessagesIsAnEmptyArray() {
        String path = SERVER.create(JSON, "");

        assertThat(read(path, "-1").text()).isEqualTo("[]");
        assertThat(read(path, "now").text()).isEqualTo("[]");
    }

    @Test
    void anOffsetPlusOneNamesTheSamePlace() {
        String path = SERVER.create(TEXT, "abc");
        String middle = SERVER.head(path).nextOffset();
        String tail = SERVER.append(path, "def");

        assertThat(read(path, plusOne(middle)).text()).isEqualTo("def");
        Answer atTail = read(path, plusOne(tail));
        assertThat(atTail.text()).isEmpty();
        assertThat(atTail.nextOffset()).isEqualTo(tail);
        assertThat(atTail.isUpToDate()).isTrue();
        assertThat(read(path, "0000000000000000_0000000000000001").text()).isEqualTo("abcdef");
    }

    @Test
    void betweenMessagesToo() {
        String path = SERVER.create(JSON, "[1,2]");
        String middle = SERVER.head(path).nextOffset();
        SERVER.appendJson(path, "3");

        assertThat(read(path, plusOne(middle)).text()).isEqualTo("[3]");
    }

    private static String plusOne(String offset) {
        return offset.substring(0, 32) + (char) (offset.charAt(32) + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {TEXT, JSON})
    void anOffsetAfterTheTailIsAnsweredAsTheTail(String type) {
        String path = SERVER.create(type, "123");
        String tail = SERVER.head(path).nextOffset();
        String after = tail.substring(0, 17) + "0000000000000099";

        Answer read = read(path, after);
        assertThat(read.text()).isEqualTo(type.equals(JSON) ? "[]" : "");
        assertThat(read.nextOffset()).isEqualTo(tail);
        assertThat(read.isUpToDate()).isTrue();
        assertThat(read.isClosed()).isFalse();
        Answer poll = SERVER.get(path + "?live=long-poll&timeout=0.01&offset=" + after)
                .is(204);
        assertThat(poll.nextOffset()).isEqualTo(tail);

        SERVER.closeStream(path);
        assertThat(read(path, after).isClosed()).isTrue();
        assertThat(SERVER.get(path + "?live=long-poll&offset=" + after).is(204).isClosed())
                .isTrue();
        assertThat(SERVER.get(path + "?live=sse&offset=" + after).is(200).text())
                .contains("\"streamNextOffset\":\"" + tail + "\"")
                .contains("\"streamClosed\":true");
    }

    @Test
    void anOffsetOfAnEarlierStreamAtThePathIsGone() {
        String path = SERVER.create(TEXT, "abc");
        String before = SERVER.head(path).nextOffset();
        SERVER.delete(path).is(204);
        SERVER.createAt(path, TEXT, "abcdef");

        SERVER.get(path + "?offset=" + before).isError(410, "offset_gone");
        SERVER.get(path + "?live=long-poll&offset=" + before).isError(410, "offset_gone");
        SERVER.get(path + "?live=sse&offset=" + before).isError(410, "offset_gone");
    }

    @Test
    void anOffsetInsideAMessageIsRefused() {
        String path = SERVER.create(JSON, "[{\"a\":1},{\"b\":2}]");
        String tail = SERVER.head(path).nextOffset();
        int boundaries = 0;
        for (int position = 0; position <= 16; position++) {
            String offset = tail.substring(0, 17) + String.format("%016d", 2 * position);
            Answer read = SERVER.get(path + "?offset=" + offset);
            if (position % 8 == 0) {
                read.is(200);
                boundaries++;
            } else {
                read.isError(400, "invalid_offset");
            }
        }
        assertThat(boundaries).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-2",
                "0",
                "NOW",
                "x",
                "a,b",
                "0000000000000000_000000000000000",
                "0000000000000000-0000000000000000",
                "000000000000000G_0000000000000000",
                "%00"
            })
    void whatIsNoOffsetIsRefused(String offset) {
        String path = SERVER.create(TEXT, "abc");

        assertThat(SERVER.get(path + "?offset=" + offset).status()).isEqualTo(400);
    }

    @Test
    void twoOffsetsAreRefused() {
        String path = SERVER.create(TEXT, "abc");

        SERVER.get(path + "?offset=-1&offset=now").isError(400, "invalid_parameter");
    }

    @Test
    void aStreamThatIsNotThereIsNotFound() {
        SERVER.get(path()).isError(404, "stream_not_found");
        assertThat(SERVER.head(path()).is(404).body()).isEmpty();
    }

    // ---- bounded responses ----

    @Test
    void aLongStreamIsReadInBoundedSteps() {
        String path = SERVER.create(TEXT, "");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            String part = Integer.toString(i).repeat(50 + i);
            all.append(part);
            SERVER.append(path, part);
        }
        SERVER.closeStream(path);
        StringBuilder pages = new StringBuilder();
        String offset = "-1";
        boolean more = true;
        while (more) {
            Answer page = read(path, offset);
            assertThat(page.body().length).isBetween(1, READ_BYTES_MAX);
            pages.append(page.text());
            more = pages.length() < all.length();
            assertThat(page.isUpToDate()).isEqualTo(!more);
            assertThat(page.isClosed()).isEqualTo(!more);
            offset = page.nextOffset();
        }
        assertThat(pages.toString()).isEqualTo(all.toString());
        assertThat(offset).isEqualTo(SERVER.head(path).nextOffset());
    }

    @Test
    void aMessageIsNeverTornByTheBound() {
        String path = SERVER.create(JSON, "");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String message = "{\"n\":" + i + ",\"s\":\"" + "x".repeat(i * 100) + "\"}";
            all.append(i == 0 ? "" : ",").append(message);
            SERVER.appendJson(path, message);
        }
        assertThat(allPages(path)).isEqualTo(all.toString());
    }

    @Test
    void aBigBatchIsReadInStepsOfWholeMessages() {
        String path = SERVER.create(JSON, "");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            all.append(i == 0 ? "" : ",").append("{\"number\":").append(i).append('}');
        }
        SERVER.appendJson(path, "[" + all + "]");

        assertThat(SERVER.get(path).isUpToDate()).isFalse();
        assertThat(allPages(path)).isEqualTo(all.toString());
    }

    @Test
    void aMessageLargerThanTheBoundComesWhole() {
        String message = "\"" + "x".repeat(200_000) + "\"";
        String path = SERVER.create(JSON, message);
        SERVER.appendJson(path, "1");

        assertThat(read(path, "-1").text()).isEqualTo("[" + message + "]");
        assertThat(allPages(path)).isEqualTo(message + ",1");
    }

    private static String allPages(String path) {
        StringBuilder all = new StringBuilder();
        String offset = "-1";
        boolean more = true;
        while (more) {
            Answer page = read(path, offset);
            assertThat(page.text()).startsWith("[").endsWith("]");
            String messages = page.text().substring(1, page.text().length() - 1);
            all.append(all.length() == 0 ? "" : ",").append(messages);
            offset = page.nextOffset();
            more = !page.isUpToDate();
        }
        return all.toString();
    }

    // ---- closure ----

    @Test
    void closureIsToldWithTheLastBytesAndBehindThem() {
        String path = SERVER.create(TEXT, "abc");
        Answer before = read(path, "-1");
        assertThat(before.isClosed()).isFalse();
        SERVER.closeStream(path);

        assertThat(read(path, "-1").isClosed()).isTrue();
        Answer behind = read(path, before.nextOffset());
        assertThat(behind.text()).isEmpty();
        assertThat(behind.isClosed()).isTrue();
        assertThat(read(path, "now").isClosed()).isTrue();
    }

    // ---- entity tags and caches ----

    @Test
    void theTagVariesWithRangeClosureAndIncarnation() {
        String path = SERVER.create(TEXT, "abc");
        String tag = read(path, "-1").field("ETag");
        assertThat(tag).startsWith("\"").endsWith("\"");
        assertThat(read(path, "-1").field("ETag")).isEqualTo(tag);

        SERVER.append(path, "d");
        String longer = read(path, "-1").field("ETag");
        SERVER.closeStream(path);
        String closed = read(path, "-1").field("ETag");
        SERVER.delete(path).is(204);
        SERVER.createAt(path, TEXT, "abcd", "Stream-Closed: true");
        String anew = read(path, "-1").field("ETag");

        assertThat(new String[] {tag, longer, closed, anew}).doesNotHaveDuplicates();
    }

    @Test
    void whatTheClientHasIsNotSentAgain() {
        String path = SERVER.create(TEXT, "abc");
        Answer first = read(path, "-1");

        Answer second = SERVER.get(path + "?offset=-1", "If-None-Match: \"x\", " + first.field("ETag"))
                .is(304);

        assertThat(second.field("ETag")).isEqualTo(first.field("ETag"));
        assertThat(second.nextOffset()).isEqualTo(first.nextOffset());
        assertThat(second.isUpToDate()).isTrue();
        SERVER.get(path + "?offset=-1", "If-None-Match: W/" + first.field("ETag"))
                .is(304);
        SERVER.get(path + "?offset=-1", "If-None-Match: \"x\"").is(200);
    }

    /** A cache takes the fields of a 304 for those of what it has: at the tail they must not say that it is fresh. */
    @Test
    void cachesAreToldTheSameWhetherTheBytesAreSentAgainOrNot() {
        String path = SERVER.create(TEXT, "abc");
        String tail = read(path, "-1").nextOffset();
        for (String offset : List.of("-1", tail)) {
            Answer first = read(path, offset);
            Answer again = SERVER.get(path + "?offset=" + offset, "If-None-Match: " + first.field("ETag"))
                    .is(304);

            assertThat(again.field("Cache-Control")).isEqualTo(first.field("Cache-Control"));
            assertThat(again.field("Vary")).isEqualTo(first.field("Vary"));
        }
    }

    @Test
    void theEndIsToldToAClientThatHasTheBytes() {
        String path = SERVER.create(TEXT, "abc");
        String tag = read(path, "-1").field("ETag");
        SERVER.closeStream(path);

        Answer end = read(path, "-1", "If-None-Match: " + tag);
        assertThat(end.isClosed()).isTrue();
        assertThat(SERVER.get(path + "?offset=-1", "If-None-Match: " + end.field("ETag"))
                        .is(304)
                        .isClosed())
                .isTrue();
    }

    @Test
    void dataMayBeKeptForAWhileAndTheTailMayNot() {
        String path = SERVER.create(TEXT, "abc");

        assertThat(read(path, "-1").field("Cache-Control")).isEqualTo("public, max-age=60, stale-while-revalidate=300");
        assertThat(read(path, SERVER.head(path).nextOffset()).field("Cache-Control"))
                .contains("no-cache");
        assertThat(read(path, "now").field("Cache-Control")).isEqualTo("no-store");
        assertThat(read(path, "now").field("ETag")).isNull();
        assertThat(SERVER.head(path).field("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void nothingIsKeptLongerThanTheStream() {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 10");

        assertThat(read(path, "-1").field("Cache-Control")).startsWith("public, max-age=10,");
    }

    @Test
    void theOperatorSaysWhoKeepsDataAndForHowLong() throws IOException {
        try (TestServer server = TestServer.started(TestServer.config(
                config -> config.cache(cache -> cache.maxAgeSeconds(7).isPrivate(true))))) {
            String path = server.create(TEXT, "abc");

            assertThat(server.get(path).field("Cache-Control"))
                    .isEqualTo("private, max-age=7, stale-while-revalidate=35");
        }
    }

    @Test
    void octetsAreNotShownAsAPage() {
        Answer read = read(SERVER.create(BINARY, "<html>"), "-1");

        assertThat(read.field("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(read.field("Content-Disposition")).isEqualTo("attachment");
    }

    // ---- head ----

    @Test
    void headTellsEverythingButTheBytes() {
        String path = SERVER.create(TEXT, "abc", "Stream-TTL: 60");

        Answer head = SERVER.head(path).is(200);

        assertThat(head.field("Content-Type")).isEqualTo("text/plain");
        assertThat(head.nextOffset()).isEqualTo(SERVER.get(path).nextOffset());
        assertThat(head.field("Stream-TTL")).isEqualTo("60");
        assertThat(head.isClosed()).isFalse();
        SERVER.closeStream(path);
        assertThat(SERVER.head(path).isClosed()).isTrue();
    }

    @Test
    void headTellsTheMomentOfExpiry() {
        String path = SERVER.create(TEXT, "", "Stream-Expires-At: 2100-01-01T01:00:00+01:00");

        assertThat(SERVER.head(path).field("Stream-Expires-At")).isEqualTo("2100-01-01T00:00:00.000Z");
    }
}
