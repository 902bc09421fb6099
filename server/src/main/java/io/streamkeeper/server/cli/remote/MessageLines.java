package io.streamkeeper.server.cli.remote;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes arrays of JSON messages as one message a line, as they arrive, whatever their size. A line break inside of a
 * message, which can only be white space between tokens, becomes a space. Expects valid JSON; used by one thread.
 */
final class MessageLines extends OutputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final OutputStream to;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean inMessage;

    /** Writes to {@code to}, when a call ends or the buffer is full. */
    MessageLines(OutputStream to) {
        this.to = to;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int count) throws IOException {
        for (int i = start; i < start + count; i++) {
            take(bytes[i]);
        }
        drain();
    }

    private void take(byte octet) throws IOException {
        if (inString) {
            inString = escaped || octet != '"';
            escaped = !escaped && octet == '\\';
            put(octet);
            return;
        }
        switch (octet) {
            case '[', '{' -> open(octet);
            case ']', '}' -> close(octet);
            case ',' -> {
                if (depth == 1) {
                    endMessage();
                } else {
                    put(octet);
                }
            }
            case ' ', '\t', '\r', '\n' -> {
                if (inMessage) {
                    put((byte) ' ');
                }
            }
            default -> {
                inString = octet == '"';
                inMessage = true;
                put(octet);
            }
        }
    }

    /** The bracket at depth 0 opens the array of the messages. */
    private void open(byte octet) throws IOException {
        if (depth++ > 0) {
            inMessage = true;
            put(octet);
        }
    }

    private void close(byte octet) throws IOException {
        if (--depth > 0) {
            put(octet);
        } else {
            endMessage();
        }
    }

    private void endMessage() throws IOException {
        if (inMessage) {
            put((byte) '\n');
            inMessage = false;
        }
    }

    private void put(byte octet) throws IOException {
        if (length == buffer.length) {
            drain();
        }
        buffer[length++] = octet;
    }

    private void drain() throws IOException {
        if (length > 0) {
            int count = length;
            length = 0;
            to.write(buffer, 0, count);
        }
    }
}
