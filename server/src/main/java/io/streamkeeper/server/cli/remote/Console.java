package io.streamkeeper.server.cli.remote;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a command: its environment, and its standard streams. The output has data only, messages go to {@code
 * err}.
 *
 * @param environment the variables of the process
 * @param in the input
 * @param out the output, without a buffer, a {@link Terminal} if it leads to one; it throws what a write throws
 * @param err for messages, one line each
 */
record Console(Map<String, String> environment, InputStream in, OutputStream out, PrintStream err) {
    private static final String NAME = "ds: ";

    /** The output cannot be written; the cause says why. */
    static final class OutputException extends IOException {
        private static final long serialVersionUID = 1L;

        OutputException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Prints a message as one line. */
    void say(@Nullable String message) {
        endLine();
        err.println(NAME + ControlCharacters.escaped(String.valueOf(message).replaceAll("\\R", " ")));
    }

    /** Ends the last line of data on a terminal, so that what follows it has a line of its own. */
    void endLine() {
        if (out instanceof Terminal terminal) {
            terminal.endLine();
        }
    }

    /** The output; its failures have a type of their own. */
    OutputStream data() {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                try {
                    out.write(bytes, start, length);
                } catch (IOException e) {
                    throw new OutputException(e);
                }
            }
        };
    }
}
