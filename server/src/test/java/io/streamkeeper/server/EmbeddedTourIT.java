package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tour of the Java API, as its reader runs it: the source file, with the packaged jar on the class path. */
class EmbeddedTourIT {
    private static final int SECONDS_MAX = 60;

    private static Stream<Jdks.Jdk> jdks() {
        return Jdks.chosen().stream();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void theTourRunsWithoutAWarning(Jdks.Jdk jdk, @TempDir Path folder) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process tour = new ProcessBuilder(
                        jdk.java().toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        PackagedServer.jar().toString(),
                        Path.of("..", "examples", "embedded", "Tour.java").toString(),
                        folder.resolve("data").toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        boolean ended = tour.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
        tour.destroyForcibly();

        assertThat(ended).isTrue();
        assertThat(err).hasContent("");
        assertThat(tour.exitValue()).isZero();
        assertThat(Files.readString(out))
                .contains("first \"hello\", then \" world\"")
                .contains("{\"id\":2}\n{\"id\":3}\n")
                // The two live appends arrive in one batch or in two.
                .containsPattern("received: .*\\{\"id\":4}")
                .containsPattern("received: .*\\{\"id\":5}]")
                .contains("is closed and accepts no more appends")
                .contains("attempt 1 wrote\nattempt 2 was a repetition\n")
                .contains("[{\"amount\":10}]\n")
                .contains("but the stream's tail is")
                .contains("what-if  [{\"amount\":10}, {\"amount\":20}, {\"amount\":1000}]")
                .contains("remaining: [8, 9, 10]")
                .contains("[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4},{\"id\":5}]");
    }
}
