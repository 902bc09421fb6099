package io.streamkeeper.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    private static final List<String> KNOWN = List.of("append", "tail", "stat", "rm", "read", "--durability", "--port");

    @ParameterizedTest
    @CsvSource({
        "appned, append",
        "apend, append",
        "tial, tail",
        "rn, rm",
        "--prot, --port",
        "--durabilty, --durability",
        "delete, ",
        "x, ",
        "--nothing-like-it, "
    })
    void theNearestNameIsSuggestedIfOneIsNear(String written, String meant) {
        assertThat(Suggestions.of(written, KNOWN)).isEqualTo(meant == null ? "" : "; did you mean " + meant + "?");
    }
}
