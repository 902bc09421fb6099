package io.streamkeeper.bench.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.bench.TestRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The footprint of a server that a script starts from the classes of this build. */
final class FootprintCommandTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void writeScripts() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        script(
                "own",
                "exec '" + java + "' -cp '" + System.getProperty("java.class.path")
                        + "' io.streamkeeper.server.cli.Main --durability memory --port \"$3\"");
        script(
                "floor",
                "exec '" + java + "' -cp '" + System.getProperty("java.class.path")
                        + "' io.streamkeeper.bench.Main floor --port \"$3\"");
    }

    @Test
    void everyPartIsMeasured() throws IOException {
        TestRun run = run(
                "own:x",
                "--starts",
                "2",
                "--rounds",
                "1",
                "--seconds",
                "1",
                "--streams",
                "2000",
                "--subscribers",
                "20");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("start ms", "idle", "after append-1", "after mixed", "a stream, live heap", "a subscriber")
                .doesNotContain("failed");
        String json = Files.readString(directory.resolve("json"));
        for (String figure : List.of(
                "startMillis",
                "residentIdle",
                "residentAfterAppend",
                "residentAppendPeak",
                "residentAfterMixed",
                "residentWithStreams",
                "residentOfStream",
                "restartMillis",
                "residentOfSubscriber")) {
            assertThat(json).contains("\"" + figure + "\"");
        }
        assertThat(json).containsPattern("\"liveHeapOfStream\" : [0-9]");
        try (Stream<Path> left = Files.list(directory.resolve("data"))) {
            assertThat(left).as("files of the servers").isEmpty();
        }
    }

    @Test
    void onePartOfSeveralServers() throws IOException {
        TestRun run = run("own:x", "--peer", "floor:netty", "--part", "START", "--starts", "1");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("| own:x |", "| floor:netty |").doesNotContain("after append-1", "failed");
    }

    @Test
    void serverThatDoesNotStartIsReportedAndTheOthersAreMeasured() throws IOException {
        script("broken", "echo no license; exit 1");
        TestRun run = run("broken:x", "--peer", "floor:netty", "--part", "START", "--starts", "1");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output())
                .contains("broken:x failed with start", "no license", "| floor:netty |")
                .containsPattern("\\| broken:x \\| +\\|");
    }

    @Test
    void floorHasNoFiguresOfStreams() throws IOException {
        TestRun run = run("floor:netty", "--part", "STREAMS", "--rounds", "1");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("| floor:netty |").doesNotContain("with all streams");
    }

    private TestRun run(String peer, String... arguments) {
        return TestRun.of(Stream.concat(
                        Stream.of(
                                "footprint",
                                "--scripts",
                                directory.toString(),
                                "--dir",
                                directory.resolve("data").toString(),
                                "--json",
                                directory.resolve("json").toString(),
                                "--html",
                                directory.resolve("html").toString(),
                                "--peer",
                                peer),
                        Stream.of(arguments))
                .toArray(String[]::new));
    }

    private void script(String name, String run) throws IOException {
        Path file = Files.writeString(
                directory.resolve(name), "#!/bin/sh\ncase $1 in path) echo /v1/stream/;; run) " + run + ";; esac\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
