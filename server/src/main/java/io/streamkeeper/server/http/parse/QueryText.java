package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Utf8;
import io.streamkeeper.server.http.decode.Octets;
import org.jspecify.annotations.Nullable;

/** Decodes names and values of a query: percent-encoded UTF-8, with a plus for a space. */
public final class QueryText {
    private QueryText() {}

    /**
     * Decodes the value of a parameter.
     *
     * @param name the parameter, for the refusal
     * @param text a part of the query, which is ASCII
     * @throws RefusedException if the encoding is not valid; its message has the value, unless it is a signature
     */
    public static String value(String name, String text) {
        String decoded = decode(text);
        if (decoded == null) {
            throw invalid("parameter " + name + (name.equals("signature") ? "" : " is " + Quoted.of(text)));
        }
        return decoded;
    }

    /**
     * Decodes the name of a parameter.
     *
     * @param text a part of the query, which is ASCII
     * @throws RefusedException if the encoding is not valid
     */
    public static String name(String text) {
        String decoded = decode(text);
        if (decoded == null) {
            throw invalid("the query has the parameter " + Quoted.of(text));
        }
        return decoded;
    }

    private static RefusedException invalid(String what) {
        return new RefusedException(ErrorCode.INVALID_PARAMETER, what + ", expected percent-encoded UTF-8");
    }

    /** Decodes {@code text}; null if a percent sign has no two hex digits after it, or the bytes are not UTF-8. */
    static @Nullable String decode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c == '+') {
                return decodeBytes(text);
            }
        }
        return text;
    }

    private static @Nullable String decodeBytes(String text) {
        byte[] bytes = new byte[text.length()];
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes[count++] = (byte) (c == '+' ? ' ' : c);
                continue;
            }
            int high = i + 2 < text.length() ? Octets.hexDigit(text.charAt(i + 1)) : -1;
            int low = i + 2 < text.length() ? Octets.hexDigit(text.charAt(i + 2)) : -1;
            if (high < 0 || low < 0) {
                return null;
            }
            bytes[count++] = (byte) (high << 4 | low);
            i += 2;
        }
        return Utf8.decode(bytes, count);
    }
}
