package io.streamkeeper.storage.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.storage.disk.Variable;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The fields of which records and descriptions consist. Numbers that may be of any size take eight bytes; those that
 * are usually small are {@link Variable}. A text is its length in bytes, as a variable number, and then its UTF-8.
 */
public final class Fields {
    /** The most bytes that a variable number takes. */
    static final int VARIABLE_BYTES_MAX = Variable.BYTES_MAX;

    private static final int TEXT_BYTES_MAX = 1 << 24;

    private Fields() {}

    static void writeVariable(ByteBuf out, long value) {
        Variable.write(out, value);
    }

    static long readVariable(ByteBuf in) {
        return Variable.read(in);
    }

    public static int readCount(ByteBuf in) {
        return Variable.readCount(in);
    }

    static void writeText(ByteBuf out, String text) {
        writeVariable(out, ByteBufUtil.utf8Bytes(text));
        ByteBufUtil.writeUtf8(out, text);
    }

    static String readText(ByteBuf in) {
        int bytes = readCount(in);
        if (bytes > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("a text has " + bytes + " bytes, expected at most " + TEXT_BYTES_MAX);
        }
        return in.readCharSequence(bytes, StandardCharsets.UTF_8).toString();
    }

    /** The most bytes that a text takes. */
    static int textBytesMax(@Nullable String text) {
        return text == null ? 0 : VARIABLE_BYTES_MAX + ByteBufUtil.utf8MaxBytes(text);
    }
}
