package io.streamkeeper.bench.compare;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How often a process really asks the disk to keep what it was told, as {@code strace} counts it. */
final class Barrier {
    private static final int INTERRUPT_SECONDS_MAX = 20;
    private static final int TIMED_OUT = 124;

    private Barrier() {}

    /**
     * Counts calls of {@code fsync} and {@code fdatasync} while it is watched; the watching slows the process down.
     *
     * @return calls, or -1 if there is no {@code strace} or it may not watch
     */
    static long syncs(long pid, int seconds) throws IOException, InterruptedException {
        Path file = Files.createTempFile("barrier", ".strace");
        try {
            Process strace = new ProcessBuilder(
                            "timeout",
                            "-s",
                            "INT",
                            Integer.toString(seconds),
                            "strace",
                            "-f",
                            "-c",
                            "-e",
                            "trace=fsync,fdatasync",
                            "-o",
                            file.toString(),
                            "-p",
                            Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!strace.waitFor(seconds + INTERRUPT_SECONDS_MAX, TimeUnit.SECONDS)) {
                strace.destroyForcibly();
            }
            String found = Files.readString(file, StandardCharsets.UTF_8);
            return found.isBlank() && strace.exitValue() != TIMED_OUT ? -1 : calls(found);
        } catch (IOException e) {
            return -1;
        } finally {
            Files.delete(file);
        }
    }

    /** The calls in a table of {@code strace -c}: the fourth column of each line that ends with a name of ours. */
    static long calls(String table) {
        return table.lines()
                .map(String::strip)
                .filter(line -> line.endsWith(" fsync") || line.endsWith(" fdatasync"))
                .mapToLong(line -> Digits.toLong(line.split("\\s+", -1)[3]))
                .sum();
    }
}
