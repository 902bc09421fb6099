package io.streamkeeper.server.http.decode;

import io.netty.buffer.ByteBuf;

/** Writes decimal numbers without an intermediate string. */
public final class Decimals {
    private Decimals() {}

    /** Writes {@code value}, which is not negative. */
    public static void write(ByteBuf out, long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int start = out.writerIndex();
        out.writeZero(digits);
        long rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            out.setByte(start + i, (int) ('0' + rest % 10));
            rest /= 10;
        }
    }
}
