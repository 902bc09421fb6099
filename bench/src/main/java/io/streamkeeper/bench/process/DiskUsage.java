package io.streamkeeper.bench.process;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The disk space of a directory by {@code du}: holes do not count, preallocated blocks do. */
public final class DiskUsage {
    private DiskUsage() {}

    /** The size in bytes. Files may disappear during the count, because the directory belongs to a running server. */
    public static long of(Path directory) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("du", "-sB1", directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return parse(output);
    }

    public static long parse(String output) {
        int end = output.indexOf('\t');
        if (end < 1) {
            throw new IllegalArgumentException("du printed '" + output + "'; expected a size and a name");
        }
        return Digits.toLong(output.substring(0, end));
    }
}
