package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.ResponseParser;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * The send time in a message: {@code t=}, nineteen digits of {@link System#nanoTime}, a semicolon. An instance finds
 * the stamps in response bodies, and skips all other bytes, such as the lines of events.
 */
final class Stamp implements ResponseParser.BodySink {
    private static final int DIGITS = 19;
    private static final int BYTES = DIGITS + 3;

    private final LongConsumer found;
    private int matched;
    private long value;

    /** Finds stamps in bytes that arrive in pieces of any size. */
    Stamp(LongConsumer found) {
        this.found = found;
    }

    /** A message of {@code bytes} bytes with room for a stamp at its beginning. */
    static byte[] message(int bytes) {
        String stamp = "t=" + "0".repeat(DIGITS) + ";";
        return (stamp + "x".repeat(Math.max(0, bytes - BYTES))).getBytes(StandardCharsets.US_ASCII);
    }

    /** Writes the time into a message that begins at {@code index}. */
    static void write(ByteBuf out, int index, long nanos) {
        long rest = nanos;
        for (int i = index + 1 + DIGITS; i > index + 1; i--) {
            out.setByte(i, (int) ('0' + rest % 10));
            rest /= 10;
        }
    }

    @Override
    public void accept(ByteBuf in, int bytes) {
        int end = in.readerIndex() + bytes;
        for (int i = in.readerIndex(); i < end; i++) {
            acceptByte(in.getByte(i));
        }
        in.readerIndex(end);
    }

    private void acceptByte(byte octet) {
        if (matched >= 2 && matched < BYTES - 1 && octet >= '0' && octet <= '9') {
            value = value * 10 + octet - '0';
            matched++;
        } else if (matched == BYTES - 1 && octet == ';') {
            found.accept(value);
            matched = 0;
        } else {
            matched = octet == 't' ? 1 : matched == 1 && octet == '=' ? 2 : 0;
            value = 0;
        }
    }
}
