package io.streamkeeper.protocol;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The alphabet of Base64 for URLs and file names (RFC 4648 section 5), without padding. */
public final class Base64Url {
    private Base64Url() {}

    /**
     * {@return the text of bytes}
     *
     * @param bytes any
     */
    public static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * {@return the bytes of a text; null if it has none}
     *
     * @param text with or without padding
     */
    public static byte @Nullable [] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
