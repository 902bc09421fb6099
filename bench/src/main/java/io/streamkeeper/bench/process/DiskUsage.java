package io.streamkeeper.bench.process;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The blocks that a directory's files have, as {@code du} counts them: holes are free, what is set aside is not. */
public final class DiskUsage {
    private DiskUsage() {}

    /** In bytes. Files that vanish meanwhile are no error: the directory belongs to a running server. */
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
            throw new IllegalArgumentException("du says '" + output + "'; expected a size and a name");
        }
        return Digits.toLong(output.substring(0, end));
    }
}
