package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.cli.Flags;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables that name everything of a kind do. */
class ReferenceTest {
    @Test
    void everyFlagIsThereWithItsDefault() throws IOException {
        String page = Documents.page("configuration.md");
        for (Map.Entry<String, String> flag : Flags.withDefaults().entrySet()) {
            assertThat(page).contains("| `" + flag.getKey() + "` | " + flag.getValue() + " |");
        }
    }

    @Test
    void everyErrorCodeIsThereWithItsStatus() throws IOException {
        String page = Documents.page("errors.md");
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(page).contains("| " + code.status() + " | `" + code.code() + "` |");
        }
    }
}
