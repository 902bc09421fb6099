package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static io.streamkeeper.server.wire.TestServer.path;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code Stream-Expected-Offset}, by the tests that the protocol's own suite has for it. */
class ExpectedOffsetTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private final String path = SERVER.create(TEXT, "");
    private final String beginning = SERVER.head(path).nextOffset();

    private static String expected(String offset) {
        return "Stream-Expected-Offset: " + offset;
    }

    private static void assertConflict(Answer refused, String tail) {
        refused.isError(409, "expected_offset_conflict");
        assertThat(refused.nextOffset()).isEqualTo(tail);
        assertThat(refused.isClosed()).isFalse();
        assertThat(refused.text()).contains("Expected offset conflict");
    }

    @Test
    void anAppendAtTheExpectedTailIsTaken() {
        String first =
                SERVER.post(path, "first", TEXT, expected(beginning)).is(204).nextOffset();

        SERVER.post(path, "second", TEXT, expected(first)).is(204);

        assertThat(SERVER.get(path).text()).isEqualTo("firstsecond");
    }

    @Test
    void anAppendElsewhereIsToldTheTail() {
        String tail = SERVER.append(path, "winner");

        assertConflict(SERVER.post(path, "loser", TEXT, expected(beginning)), tail);

        assertThat(SERVER.get(path).text()).isEqualTo("winner");
    }

    @Test
    void aRepeatedAppendIsRecognizedThoughItMovedTheTail() {
        String[] append = {TEXT, expected(beginning), "Producer-Id: p", "Producer-Epoch: 0", "Producer-Seq: 0"};

        SERVER.post(path, "msg", append).is(200);
        SERVER.post(path, "msg", append).is(204);

        assertThat(SERVER.get(path).text()).isEqualTo("msg");
    }

    @Test
    void eitherOfSequenceAndTailMayBeInConflict() {
        String tail = SERVER.post(path, "first", TEXT, "Stream-Seq: 1", expected(beginning))
                .is(204)
                .nextOffset();

        assertConflict(SERVER.post(path, "x", TEXT, "Stream-Seq: 2", expected(beginning)), tail);
        Answer regressed =
                SERVER.post(path, "x", TEXT, "Stream-Seq: 1", expected(tail)).isError(409, "sequence_regression");

        assertThat(regressed.nextOffset()).isEqualTo(tail);
        assertThat(regressed.text()).contains("Sequence conflict").doesNotContain("Expected offset conflict");
        assertThat(SERVER.get(path).text()).isEqualTo("first");
    }

    @Test
    void aSequenceConflictAloneTellsTheTailToo() {
        String tail = SERVER.post(path, "first", TEXT, "Stream-Seq: 2").is(204).nextOffset();

        assertThat(SERVER.post(path, "x", TEXT, "Stream-Seq: 1").is(409).nextOffset())
                .isEqualTo(tail);
    }

    @Test
    void closureComesBeforeTheTail() {
        String tail = SERVER.append(path, "final");
        SERVER.closeStream(path);

        Answer refused = SERVER.post(path, "late", TEXT, expected(tail)).isError(409, "stream_closed");

        assertThat(refused.nextOffset()).isEqualTo(tail);
        assertThat(refused.isClosed()).isTrue();
    }

    @Test
    void aStreamMayBeClosedAtTheExpectedTailOnly() {
        String tail = SERVER.append(path, "a");

        assertConflict(SERVER.post(path, "", "Stream-Closed: true", expected(beginning)), tail);
        SERVER.post(path, "", "Stream-Closed: true", expected(tail)).is(204);
    }

    @Test
    void aForkHasATailOfItsOwn() {
        SERVER.append(path, "source");
        String fork = path();
        String forkTail =
                SERVER.put(fork, "", "Stream-Forked-From: " + path).is(201).nextOffset();
        String sourceTail = SERVER.append(path, " more");

        String tail =
                SERVER.post(fork, " forked", TEXT, expected(forkTail)).is(204).nextOffset();
        assertConflict(SERVER.post(fork, " bad", TEXT, expected(sourceTail)), tail);

        assertThat(SERVER.get(fork).text()).isEqualTo("source forked");
    }

    @Test
    void whatIsNoOffsetIsRefused() {
        SERVER.post(path, "a", TEXT, expected("1_0")).isError(400, "invalid_offset");
    }
}
