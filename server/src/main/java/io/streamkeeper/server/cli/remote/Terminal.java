package io.streamkeeper.server.cli.remote;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The output on a terminal, whose last line is ended before something else is shown. Used by one thread. */
public final class Terminal extends FilterOutputStream {
    /** The descriptor of standard output. */
    public static final int OUTPUT = 1;

    /** The descriptor of standard error. */
    public static final int ERRORS = 2;

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private boolean isInLine;

    /** Writes to {@code out}, which leads to the terminal. */
    public Terminal(OutputStream out) {
        super(out);
    }

    /**
     * {@return whether what is written to a file descriptor appears on a terminal; false where the operating system is
     * not Linux}
     *
     * @param descriptor {@link #OUTPUT} or {@link #ERRORS}
     */
    public static boolean isAt(int descriptor) {
        try {
            String target = Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(descriptor)))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        out.write(bytes, start, length);
        if (length > 0) {
            isInLine = bytes[start + length - 1] != '\n';
        }
    }

    /** Ends the line that has been begun; nothing if there is none, or if the terminal is closed. */
    void endLine() {
        if (isInLine) {
            isInLine = false;
            try {
                out.write('\n');
            } catch (IOException e) {
                // The prompt that would follow is not seen either.
                return;
            }
        }
    }
}
