package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.output.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged jar where a process may have few file descriptors. */
class FewDescriptorsIT {
    private static final int SECONDS_MAX = 60;

    @TempDir
    private Path folder;

    /** Some of these are too few for the JVM's own start, and in each step of ours they may run out. */
    @ParameterizedTest
    @ValueSource(ints = {20, 22, 24, 26, 28, 30, 32, 36, 48, 128})
    void aStartEndsWithOneLineThatNamesTheLimitOrServes(int limit) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n " + limit + " && exec \"$@\"",
                        "sh",
                        PackagedServer.runningJava().toString(),
                        "-jar",
                        PackagedServer.jar().toString(),
                        "--port=0",
                        "--shards=2",
                        "--data-dir=" + folder.resolve("data"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await().atMost(SECONDS_MAX, TimeUnit.SECONDS)
                    .until(() -> !process.isAlive() || Files.readString(log).contains("\nMemory: "));
            List<String> lines = Files.readAllLines(log);
            assertThat(Traces.in(Files.readString(log))).isEmpty();
            if (!process.isAlive()) {
                assertThat(process.exitValue()).isEqualTo(1);
                List<String> errors = lines.stream()
                        .filter(line -> line.startsWith("durable-streams-server: "))
                        .toList();
                assertThat(errors)
                        .singleElement()
                        .asString()
                        .contains("too many open files: the limit of this process is ", "ulimit -n")
                        .doesNotContain("owned by");
            }
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
