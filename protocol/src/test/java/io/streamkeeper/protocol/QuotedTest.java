package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {
    @Test
    void textComesInQuotes() {
        assertThat(Quoted.of("a b~")).isEqualTo("\"a b~\"");
        assertThat(Quoted.of("")).isEqualTo("\"\"");
    }

    @Test
    void nothingInTheTextCanEndTheQuotesOrTheLine() {
        assertThat(Quoted.of("a\"b\\c\r\nd\0e\u007f\u00e9\ud83c\udf0a")).isEqualTo("\"a?b?c??d?e????\"");
    }

    @Test
    void longTextIsCut() {
        assertThat(Quoted.of("x".repeat(80))).isEqualTo("\"" + "x".repeat(80) + "\"");
        assertThat(Quoted.of("x".repeat(81))).isEqualTo("\"" + "x".repeat(80) + "…\"");
    }
}
