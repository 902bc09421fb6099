package io.streamkeeper.protocol.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * The standard output or error of this JVM. Adds the stack traces and leak reports that are printed there, for example
 * those of threads that end with an exception, to {@link Faults}. Safe for use by any thread.
 */
final class PrintedTraces extends FilterOutputStream {
    private static final int LINE_BYTES_MAX = 4_000;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private String lineBefore = "";
    private boolean inTrace;

    /** Reads what is printed to {@code out}. */
    PrintedTraces(OutputStream out) {
        super(out);
    }

    /** Reads what is printed from now on. */
    static void install() {
        System.setOut(reading(System.out));
        System.setErr(reading(System.err));
    }

    /** Returns a stream that prints to {@code out}, and is read. */
    static PrintStream reading(OutputStream out) {
        return new PrintStream(new PrintedTraces(out), true, UTF_8);
    }

    @Override
    public synchronized void write(int b) throws IOException {
        out.write(b);
        take((byte) b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        for (int i = offset; i < offset + length; i++) {
            take(bytes[i]);
        }
    }

    private void take(byte b) {
        if (b != '\n') {
            if (line.size() < LINE_BYTES_MAX) {
                line.write(b);
            }
            return;
        }
        String text = line.toString(UTF_8);
        line.reset();
        boolean isTrace = Traces.isTrace(text);
        if (isTrace && !inTrace) {
            String first = "printed: " + lineBefore + "\n" + text;
            Faults.add(Faults.PRINTED, () -> first);
        }
        inTrace = isTrace;
        lineBefore = text;
    }
}
