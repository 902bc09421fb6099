package io.streamkeeper.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text of bytes that may not be UTF-8. */
public final class Utf8 {
    private Utf8() {}

    /**
     * {@return the text of the first bytes of an array; null if they are not UTF-8}
     *
     * @param bytes the array
     * @param length how many of them
     */
    public static @Nullable String decode(byte[] bytes, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
