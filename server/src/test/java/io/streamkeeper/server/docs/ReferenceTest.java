package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The tables that list all things of a kind are complete. */
class ReferenceTest {
    @Test
    void everyErrorCodeIsThereWithItsStatus() throws IOException {
        String page = Documents.page("errors.md");
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(page).contains("| " + code.status() + " | `" + code.code() + "` |");
        }
    }
}
