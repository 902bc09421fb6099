package io.streamkeeper.server.http.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The classes of bytes in a request's head (RFC 9110 section 5, RFC 9112 section 2). */
public final class Octets {
    static final byte CR = '\r';
    static final byte LF = '\n';
    static final byte SPACE = ' ';
    static final byte TAB = '\t';

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    /** For each byte that a token may contain, the byte in lower case; zero for any other. */
    private static final byte[] TOKEN_LOWER = new byte[256];

    static {
        for (int i = 0; i < 256; i++) {
            char c = (char) i;
            if (isAlphanumeric(c) || TOKEN_MARKS.indexOf(c) >= 0) {
                TOKEN_LOWER[i] = (byte) (c >= 'A' && c <= 'Z' ? c | 0x20 : c);
            }
        }
    }

    private Octets() {}

    /** {@code bytes[start, end)} as ISO-8859-1: each byte one character. */
    static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    static boolean isAlphanumeric(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || isDigit(c);
    }

    public static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** The value of the hex digit {@code c}; -1 if it is none. */
    public static int hexDigit(int c) {
        if (isDigit(c)) {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** {@code b} in lower case if a token may contain it, else zero. */
    static byte tokenLower(byte b) {
        return TOKEN_LOWER[b & 0xff];
    }

    static boolean isToken(byte b) {
        return TOKEN_LOWER[b & 0xff] != 0;
    }

    /** Whether a field's value may contain {@code b}: any byte except control characters other than a tab. */
    static boolean isFieldValue(byte b) {
        return (b >= ' ' && b != 0x7f) || b < 0 || b == TAB;
    }

    static boolean isVisible(byte b) {
        return b > ' ' && b < 0x7f;
    }

    /**
     * Whether {@code bytes} contains {@code value} from {@code start} on, which is inside. The time depends on the length
     * only: it compares eight bytes at once, and all of them.
     */
    static boolean isSame(byte[] bytes, int start, byte[] value) {
        long differences = 0;
        int at = 0;
        for (; at <= value.length - Long.BYTES; at += Long.BYTES) {
            differences |= (long) LONGS.get(bytes, start + at) ^ (long) LONGS.get(value, at);
        }
        for (; at < value.length; at++) {
            differences |= bytes[start + at] ^ value[at];
        }
        return differences == 0;
    }

    static boolean isWhitespace(byte b) {
        return b == SPACE || b == TAB;
    }

    /** Whether {@code bytes[start, end)} equals {@code text}; letter case counts. */
    static boolean equals(byte[] bytes, int start, int end, String text) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (bytes[i] != text.charAt(i - start)) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code bytes[start, end)} equals {@code lower}, a word in lower case; letter case does not count. */
    static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lower) {
        if (end - start != lower.length()) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (tokenLower(bytes[i]) != lower.charAt(i - start)) {
                return false;
            }
        }
        return true;
    }
}
