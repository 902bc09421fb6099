package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.bench.load.ResponseParser;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes the base64 of server-sent events, whose bytes arrive in pieces of any size: passes on the bytes of all lines
 * that begin with {@code data:}, each line for itself, and skips all other lines. The lines of control events are JSON,
 * which has characters that are not in the alphabet; those are skipped, and the rest is passed on as noise.
 */
final class Base64Events implements ResponseParser.BodySink {
    private static final byte[] FIELD = "data:".getBytes(StandardCharsets.US_ASCII);
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final byte[] VALUES = values();
    private static final int OTHER = -1;
    private static final int SKIPPED = -1;

    private final ResponseParser.BodySink decoded;
    private final ByteBuf octet = Unpooled.buffer(1);
    /** The length of the field's name that matches so far, or {@link #SKIPPED}. */
    private int matched;

    private int bits;
    private int bitCount;

    Base64Events(ResponseParser.BodySink decoded) {
        this.decoded = decoded;
    }

    private static byte[] values() {
        byte[] values = new byte[1 << 8];
        Arrays.fill(values, (byte) OTHER);
        for (int i = 0; i < ALPHABET.length(); i++) {
            values[ALPHABET.charAt(i)] = (byte) i;
        }
        return values;
    }

    @Override
    public void accept(ByteBuf in, int bytes) {
        int end = in.readerIndex() + bytes;
        for (int i = in.readerIndex(); i < end; i++) {
            acceptByte(in.getByte(i));
        }
        in.readerIndex(end);
    }

    private void acceptByte(byte character) {
        if (character == '\n') {
            matched = 0;
            bitCount = 0;
        } else if (matched == FIELD.length) {
            decode(VALUES[character & 0xff]);
        } else if (matched != SKIPPED) {
            matched = character == FIELD[matched] ? matched + 1 : SKIPPED;
        }
    }

    private void decode(int value) {
        if (value == OTHER) {
            return;
        }
        bits = bits << 6 | value;
        bitCount += 6;
        if (bitCount >= 8) {
            bitCount -= 8;
            decoded.accept(octet.clear().writeByte(bits >>> bitCount), 1);
        }
    }
}
