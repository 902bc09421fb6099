package io.streamkeeper.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that runs ds-bench, with a fake ds-bench that records its arguments, and the floor server. */
final class DsBenchScriptTest {
    private static final Path SCRIPT = Path.of("peers/ds-bench.py");
    private static final long SECONDS_MAX = 120;
    private static final String COUNTS = "{\\\"ok\\\": 50, \\\"backpressure\\\": 0, \\\"other_err\\\": 1}";
    private static final String LATENCY = "{\\\"p50_ms\\\": 1.5, \\\"p99_ms\\\": 9.5, \\\"max_ms\\\": 20.0}";

    @TempDir
    private Path directory;

    @BeforeEach
    void writeScripts() throws IOException, InterruptedException {
        assumeTrue(run("python3", "--version").startsWith("Python 3"), "needs python3");
        Files.copy(SCRIPT, directory.resolve("ds-bench.py"), StandardCopyOption.COPY_ATTRIBUTES);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        script(
                "floor",
                "case $1 in path) echo /s/;; run) exec '" + java + "' -cp '" + System.getProperty("java.class.path")
                        + "' io.streamkeeper.bench.Main floor --port \"$3\";; esac");
        script(
                "ds-bench",
                "echo \"$@\" >> '" + directory.resolve("calls") + "'\n"
                        + "case $1 in\n"
                        + "append) echo \"{\\\"scenario\\\": \\\"append\\\", \\\"counts\\\": " + COUNTS
                        + ", \\\"aggregate_ops_per_sec\\\": 1234.0, \\\"latency_ms\\\": " + LATENCY + "}\";;\n"
                        + "mixed) echo \"{\\\"scenario\\\": \\\"mixed\\\", \\\"streams\\\": 64, \\\"subscribers\\\": 64,"
                        + " \\\"events_received\\\": 47, \\\"write_counts\\\": " + COUNTS + ", \\\"read_counts\\\": "
                        + COUNTS
                        + ", \\\"write_latency_ms\\\": " + LATENCY + ", \\\"fan_out_latency_ms\\\": " + LATENCY
                        + ", \\\"read_latency_ms\\\": " + LATENCY + "}\";;\n"
                        + "*) exit 3;;\nesac");
    }

    @Test
    void serversTakeTurnsAndEachRunHasStreamsOfItsOwn() throws Exception {
        String output = bench("--row", "append", "--rounds", "2", "floor:one", "floor:two");
        assertThat(output)
                .contains("| floor:one (2 errors) | 1,234 (1,234–1,234) | 1.50 (1.50–1.50) | 9.50 (9.50–9.50) |")
                .contains("| floor:one / floor:two | 1.00 (1.00–1.00) |");
        List<String> targets = Files.readAllLines(directory.resolve("calls")).stream()
                .map(line -> line.substring(line.indexOf("http://127.0.0.1:")))
                .toList();
        String one = targets.get(0).replaceAll("/s/.*", "");
        String two = targets.get(1).replaceAll("/s/.*", "");
        assertThat(targets)
                .containsExactly(
                        one + "/s/run-1",
                        two + "/s/run-1",
                        one + "/s/run-2",
                        two + "/s/run-2",
                        two + "/s/run-3",
                        one + "/s/run-3");
        assertThat(one).isNotEqualTo(two);
        try (Stream<Path> left = Files.list(directory.resolve("data"))) {
            assertThat(left).as("files of the servers").isEmpty();
        }
    }

    @Test
    void missingDeliveriesAreErrors() throws Exception {
        assertThat(bench("--row", "mixed", "--rounds", "1", "floor:one")).contains("floor:one (5 errors)");
        assertThat(Files.readString(directory.resolve("json"))).contains("\"delivery p99 ms\": 9.5");
    }

    @Test
    void failureOfDsBenchIsReported() throws Exception {
        assertThat(bench("--row", "fan-out", "--rounds", "1", "floor:one")).contains("fan-out", "failed on floor:one");
    }

    @Test
    void unknownServerIsNamedInTheError() throws Exception {
        assertThat(bench("--row", "append", "nothing:x")).contains("unknown server 'nothing:x'; expected NAME:MODE");
    }

    private String bench(String... arguments) throws IOException, InterruptedException {
        Path data = Files.createDirectories(directory.resolve("data"));
        List<String> command = new ArrayList<>(List.of(
                directory.resolve("ds-bench.py").toString(),
                directory.resolve("ds-bench").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--seconds", "1", "--warm-up", "1", "--dir", data.toString()));
        command.addAll(List.of("--json", directory.resolve("json").toString()));
        return run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return "";
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
