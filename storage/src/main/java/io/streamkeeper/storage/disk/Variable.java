package io.streamkeeper.storage.disk;

import io.netty.buffer.ByteBuf;

/**
 * The encoding of numbers that are usually small, in as many bytes as they need: seven bits a byte, the lowest first,
 * the highest bit set in all but the last.
 */
public final class Variable {
    /** The most bytes that a number takes. */
    public static final int BYTES_MAX = 10;

    private Variable() {}

    public static void write(ByteBuf out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /**
     * Reads a number.
     *
     * @throws IllegalArgumentException if it has too many bytes
     */
    public static long read(ByteBuf in) {
        long value = 0;
        for (int i = 0; i < BYTES_MAX; i++) {
            byte next = in.readByte();
            value |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number has more than " + BYTES_MAX + " bytes");
    }

    /**
     * Reads a number that must fit an {@code int}.
     *
     * @throws IllegalArgumentException if it does not
     */
    public static int readCount(ByteBuf in) {
        long value = read(in);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a count is " + value + ", expected one below 2^31");
        }
        return (int) value;
    }
}
