package io.streamkeeper.bench.compare;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Counts the sync calls of a process with {@code strace}. */
final class SyncCounter {
    private static final int INTERRUPT_SECONDS_MAX = 20;
    private static final int TIMED_OUT = 124;

    private SyncCounter() {}

    /**
     * Counts calls of {@code fsync} and {@code fdatasync}, which slows the process down.
     *
     * @return the number of calls, or -1 if {@code strace} is not installed or not permitted
     */
    static long count(long pid, int seconds) throws IOException, InterruptedException {
        Path file = Files.createTempFile("syncs", ".strace");
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

    /** Sums the calls of both functions in a table of {@code strace -c}, where the fourth column is their number. */
    static long calls(String table) {
        return table.lines()
                .map(String::strip)
                .filter(line -> line.endsWith(" fsync") || line.endsWith(" fdatasync"))
                .mapToLong(line -> Digits.toLong(line.split("\\s+", -1)[3]))
                .sum();
    }
}
