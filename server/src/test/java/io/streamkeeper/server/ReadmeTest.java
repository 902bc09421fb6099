package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.server.cli.Flags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");

    @Test
    void everyFlagIsThereWithItsDefault() throws IOException {
        String readme = Files.readString(README);
        for (Map.Entry<String, String> flag : Flags.withDefaults().entrySet()) {
            assertThat(readme).contains("| `" + flag.getKey() + "` | " + flag.getValue() + " |");
        }
    }

    @Test
    void everyErrorCodeIsThereWithItsStatus() throws IOException {
        String readme = Files.readString(README);
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(readme).contains("| " + code.status() + " | `" + code.code() + "` |");
        }
    }
}
