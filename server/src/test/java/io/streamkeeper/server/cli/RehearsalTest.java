package io.streamkeeper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void everyRequestSucceedsAndNothingIsLeft() throws IOException {
        List<Path> before = rehearsals();
        assertThat(run("rehearse"))
                .startsWith("0 a server was started, answered ")
                .endsWith("and was stopped\n");
        assertThat(rehearsals()).isEqualTo(before);
    }

    @Test
    void itTakesNoArguments() {
        assertThat(run("rehearse", "--port", "1")).startsWith("2 ").contains("rehearse");
    }

    private static List<Path> rehearsals() throws IOException {
        try (Stream<Path> paths = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return paths.filter(path -> path.getFileName().toString().startsWith("streamkeeper-rehearsal"))
                    .sorted()
                    .toList();
        }
    }

    /** The exit status and the whole output. */
    private static String run(String... args) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        int status = ServeCommand.run(args, Map.of(), stream, stream);
        return status + " " + said.toString(StandardCharsets.UTF_8);
    }
}
