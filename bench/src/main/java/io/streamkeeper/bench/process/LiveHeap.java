package io.streamkeeper.bench.process;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Measures the live objects of another JVM with {@code jcmd}, which makes it collect its garbage first. */
public final class LiveHeap {
    private static final long SECONDS_MAX = 60;
    private static final String TOTAL = "Total ";

    private LiveHeap() {}

    /** The bytes of live objects; empty if the process is no JVM, or this JDK has no {@code jcmd}. */
    public static OptionalLong bytes(long pid) throws InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return OptionalLong.empty();
            }
            return total(output);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** The bytes in the line {@code Total instances bytes}; empty without one. */
    static OptionalLong total(String histogram) {
        return histogram
                .lines()
                .filter(line -> line.startsWith(TOTAL))
                .mapToLong(line -> Digits.toLong(line.strip().split("\\s+", -1)[2]))
                .findFirst();
    }
}
