package io.streamkeeper.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** Bytes of a format as a test states them: hexadecimal digits, each line with what it is after a {@code #}. */
public final class GoldenBytes {
    private GoldenBytes() {}

    /** The bytes of {@code lines}. */
    public static ByteBuf of(String lines) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(digits(lines)));
    }

    /** Fails unless {@code bytes} are those of {@code lines}. */
    public static void assertGolden(ByteBuf bytes, String lines) {
        assertThat(ByteBufUtil.hexDump(bytes)).isEqualTo(digits(lines));
    }

    private static String digits(String lines) {
        StringBuilder digits = new StringBuilder();
        lines.lines().forEach(line -> digits.append(line.replaceFirst("#.*", "").replace(" ", "")));
        return digits.toString();
    }
}
