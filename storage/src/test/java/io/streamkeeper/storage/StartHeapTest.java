package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A start needs no more heap than the process before, whatever the streams are like that fill the part of the heap that
 * is for streams (I11). Each process is another JVM with little heap, and none of them closes anything.
 */
class StartHeapTest {
    private static final int HEAP_MEBIBYTES = 40;
    private static final int SECONDS_MAX = 240;

    @TempDir
    private Path directory;

    /** What the process prints; fails if it does not end by itself. */
    private String run(String mode, HeapShape shape) throws IOException, InterruptedException {
        Path output = directory.resolve(mode + ".txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + HEAP_MEBIBYTES + "m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:MaxDirectMemorySize=256m", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(HeapProcess.class.getName(), mode, "" + directory.resolve("data"), shape.name()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as("%s of %s ends", mode, shape)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, UTF_8);
        assertThat(process.exitValue())
                .as("%s of %s printed: %s", mode, shape, printed)
                .isZero();
        return printed;
    }

    private static String streamsIn(String printed) {
        return printed.substring(printed.indexOf("streams "), printed.indexOf(" of "));
    }

    @ParameterizedTest
    @EnumSource(HeapShape.class)
    void aStartNeedsNoMoreHeapThanTheProcessThatFilledIt(HeapShape shape) throws IOException, InterruptedException {
        String filled = run("fill", shape);
        String started = run("start", shape);
        assertThat(streamsIn(started)).isEqualTo(streamsIn(filled));
    }
}
