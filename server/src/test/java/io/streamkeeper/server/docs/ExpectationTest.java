package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExpectationTest {
    private static final String HEAD = "HTTP/1.1 200 OK\nA: 1\nB: 2\nC: 3\n\n";
    private static final String DOCUMENTED = "1111111111111111";
    private static final String ACTUAL = "1764099000000001";

    private static Names compare(String written, String printed) {
        return compare(written, printed, Names.NONE);
    }

    private static Names compare(String written, String printed, Names names) {
        return Expectation.compare(written.lines().toList(), printed.lines().toList(), names);
    }

    private static void differs(String written, String printed) {
        differs(written, printed, Names.NONE);
    }

    private static void differs(String written, String printed, Names names) {
        assertThatThrownBy(() -> compare(written, printed, names)).isInstanceOf(AssertionError.class);
    }

    @Test
    void linesAreTheSame() {
        compare("a\n\nb", "a\n\nb");
        differs("a\nb", "a\nc");
        differs("a\nb", "b\na");
        differs("a", "a\nb");
        differs("a\nb", "a");
        differs("", "a");
        differs("a", "ab");
    }

    @Test
    void emptyLinesAtTheEndDoNotCount() {
        compare("a\n\n", "a");
        compare("a", "a\n\n");
    }

    @Test
    void theLineThatIsNotPrintedIsNamed() {
        assertThatThrownBy(() -> compare("a\nb\nc", "a\nx\nc"))
                .hasMessageStartingWith("nothing printed is the line: b");
        assertThatThrownBy(() -> compare("a", "a\nx")).hasMessageStartingWith("more is printed than is written");
    }

    @Test
    void fieldsOfAHeadMayBeLeftOut() {
        compare("HTTP/1.1 200 OK\nB: 2\n\nbody", HEAD + "body");
        compare("HTTP/1.1 200 OK", HEAD);
        differs("HTTP/1.1 201 Created\nB: 2\n\nbody", HEAD + "body");
        differs("HTTP/1.1 200 OK\nB: 3\n\nbody", HEAD + "body");
        differs("HTTP/1.1 200 OK\nC: 3\nB: 2\n\nbody", HEAD + "body");
    }

    @Test
    void bodiesMayNot() {
        differs("HTTP/1.1 200 OK", HEAD + "body");
        differs("HTTP/1.1 200 OK\n\nline 2", HEAD + "line 1\nline 2");
        differs("HTTP/1.1 200 OK\nbody", HEAD + "body");
        differs("body", HEAD + "body");
    }

    @Test
    void severalHeadsFollowEachOther() {
        compare("HTTP/1.1 200 OK\nB: 2\n\nHTTP/1.1 200 OK\nC: 3", HEAD + HEAD);
        differs("HTTP/1.1 200 OK\nB: 2", HEAD + HEAD);
    }

    @Test
    void anEllipsisStandsForLinesAndForText() {
        compare("a\n…\nd", "a\nb\nc\nd");
        compare("a\n...\nd", "a\nd");
        compare("…", "a\nb");
        compare("a…d", "abcd");
        differs("a\n…\nd", "a\nb\nc");
        differs("a…d", "abc");
        differs("a...d", "abcd");
    }

    @Test
    void anOffsetStandsForOneOfThisRunWithTheSamePosition() {
        compare("x " + DOCUMENTED + "_0000000000000005", "x " + ACTUAL + "_0000000000000005");
        differs("x " + DOCUMENTED + "_0000000000000005", "x " + ACTUAL + "_0000000000000006");
    }

    @Test
    void aGenerationIsTheSameFromItsFirstSightOn() {
        Names names = compare(DOCUMENTED, ACTUAL);
        compare(DOCUMENTED, ACTUAL, names);
        differs(DOCUMENTED, "1764099000000002", names);
        compare(DOCUMENTED + ":" + DOCUMENTED + "_0", ACTUAL + ":" + ACTUAL + "_0");
        differs(DOCUMENTED + ":" + DOCUMENTED + "_0", ACTUAL + ":1764099000000002_0");
        assertThat(names.inThisRun("?offset=" + DOCUMENTED + "_0000000000000005"))
                .isEqualTo("?offset=" + ACTUAL + "_0000000000000005");
    }

    @Test
    void twoGenerationsAreTwo() {
        Names names = compare(DOCUMENTED, ACTUAL);
        differs("2222222222222222", ACTUAL, names);
        compare("2222222222222222", "1764099000000002", names);
    }

    @Test
    void theBeginningOfAnyStreamIsItself() {
        compare("0000000000000000_0000000000000000", "0000000000000000_0000000000000000");
        differs("0000000000000000_0000000000000000", ACTUAL + "_0000000000000000");
        differs(DOCUMENTED + "_0000000000000000", "0000000000000000_0000000000000000");
    }

    @Test
    void cursorsAndTheMomentOfAnAnswerAreAny() {
        compare("HTTP/1.1 200 OK\nDate: Tue, 24 Nov 2026 08:11:38 GMT", "HTTP/1.1 200 OK\nDate: today");
        compare("HTTP/1.1 200 OK\nStream-Cursor: 1", "HTTP/1.1 200 OK\nStream-Cursor: 3353794");
        compare("data:{\"streamCursor\":\"1\",\"a\":1}", "data:{\"streamCursor\":\"3353794\",\"a\":1}");
        differs("data:{\"streamCursor\":\"1\",\"a\":1}", "data:{\"streamCursor\":\"3353794\",\"a\":2}");
    }
}
