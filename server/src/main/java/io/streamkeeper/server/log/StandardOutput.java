package io.streamkeeper.server.log;

import java.io.IOException;
import java.io.OutputStream;

/** Standard output, which is never closed. */
final class StandardOutput implements LineTarget {
    private final OutputStream out;

    /** Whether the last append has failed, and may have written a part of a line. */
    private boolean mayBeTorn;

    /** A target that writes to {@code out}, which is not buffered. */
    StandardOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void append(byte[] bytes) throws IOException {
        byte[] lines = mayBeTorn ? AppendedFile.afterPart(bytes) : bytes;
        mayBeTorn = true;
        out.write(lines);
        mayBeTorn = false;
    }

    @Override
    public String problem(IOException failure) {
        return "standard output: " + failure.getMessage();
    }
}
