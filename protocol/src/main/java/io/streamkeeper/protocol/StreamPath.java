package io.streamkeeper.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The name of a stream: one or more segments joined by slashes, relative to the server's root and percent-decoded.
 * Two are equal if their texts are; letter case counts.
 *
 * @param value the segments, such as {@code chat/42/tokens}; checked by {@link #parse}, not here
 */
public record StreamPath(String value) {
    /** The longest decoded path in bytes; a longer one is {@link ErrorCode#INVALID_PATH}. */
    public static final int BYTES_MAX = 1024;

    /**
     * The characters besides letters and digits that a path has without encoding (RFC 3986 section 2.3), and the slash.
     */
    private static final String PLAIN_MARKS = "-._~/";

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** The first segment of the control interfaces (section 6), which no stream has. */
    public static final String RESERVED_SEGMENT = "__ds";

    /** The stream in which a server with a registry records creations and deletions. */
    public static final StreamPath REGISTRY = new StreamPath("__registry__");

    /**
     * Decodes the part of a request's target that follows the root, without the query.
     *
     * @param encoded percent-encoded UTF-8, at most {@value #BYTES_MAX} bytes when it is decoded
     * @return the path, which may be a reserved one
     * @throws RefusedException with {@link ErrorCode#INVALID_PATH} if it is empty or too long, has an empty, {@code .}
     *     or {@code ..} segment, a control character, an encoded slash, or is not percent-encoded UTF-8
     */
    public static StreamPath parse(String encoded) {
        String decoded = isPlain(encoded) ? encoded : decode(encoded);
        checkSegments(decoded, encoded);
        return new StreamPath(decoded);
    }

    /**
     * Checks a path without percent-encoding.
     *
     * @param decoded at most {@value #BYTES_MAX} bytes of UTF-8
     * @return the path, which may be a reserved one
     * @throws RefusedException with {@link ErrorCode#INVALID_PATH} if it is empty or too long, has an empty, {@code .}
     *     or {@code ..} segment, a control character, or a surrogate without its other half
     */
    public static StreamPath of(String decoded) {
        for (int i = 0; i < decoded.length(); i++) {
            if (decoded.charAt(i) < ' ' || decoded.charAt(i) == 0x7f) {
                throw invalid(decoded, "a control character");
            }
        }
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(decoded));
            checkLength(bytes.remaining(), decoded);
        } catch (CharacterCodingException e) {
            throw invalid(decoded, "a surrogate without its other half");
        }
        checkSegments(decoded, decoded);
        return new StreamPath(decoded);
    }

    /** Whether nothing has to be decoded, which is the usual case. */
    private static boolean isPlain(String encoded) {
        if (encoded.length() > BYTES_MAX) {
            return false;
        }
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '%') {
                return false;
            }
        }
        return true;
    }

    private static String decode(String encoded) {
        byte[] bytes = new byte[encoded.length()];
        int count = 0;
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                c = (char) decodedByte(encoded, i);
                i += 2;
                if (c == '/') {
                    throw invalid(encoded, "an encoded slash (%2F) within a segment");
                }
            }
            if (c < ' ' || c == 0x7f) {
                throw invalid(encoded, "a control character");
            }
            bytes[count++] = (byte) c;
        }
        checkLength(count, encoded);
        String decoded = Utf8.decode(bytes, count);
        if (decoded == null) {
            throw invalid(encoded, "bytes that are not UTF-8");
        }
        return decoded;
    }

    private static int decodedByte(String encoded, int percent) {
        boolean isEncoded = percent + 2 < encoded.length()
                && HexFormat.isHexDigit(encoded.charAt(percent + 1))
                && HexFormat.isHexDigit(encoded.charAt(percent + 2));
        if (!isEncoded) {
            throw invalid(encoded, "a percent sign without two hex digits after it");
        }
        return HexFormat.fromHexDigits(encoded, percent + 1, percent + 3);
    }

    private static void checkLength(int bytes, String text) {
        if (bytes > BYTES_MAX) {
            throw invalid(text, bytes + " bytes, expected at most " + BYTES_MAX);
        }
    }

    private static void checkSegments(String decoded, String encoded) {
        int start = 0;
        while (start <= decoded.length()) {
            int slash = decoded.indexOf('/', start);
            int end = slash < 0 ? decoded.length() : slash;
            int length = end - start;
            if (length == 0) {
                throw invalid(encoded, "an empty segment");
            }
            if (decoded.charAt(start) == '.' && (length == 1 || (length == 2 && decoded.charAt(start + 1) == '.'))) {
                throw invalid(encoded, "a segment . or ..");
            }
            start = end + 1;
        }
    }

    private static RefusedException invalid(String encoded, String reason) {
        return new RefusedException(
                ErrorCode.INVALID_PATH,
                "stream path " + Quoted.of(encoded) + " has " + reason
                        + "; expected non-empty segments of percent-encoded UTF-8 joined by slashes");
    }

    /** {@return whether the path belongs to the control interfaces (section 6)} */
    public boolean isReserved() {
        return isReserved(value);
    }

    /**
     * {@return whether a path belongs to the control interfaces (section 6)}
     *
     * @param value the text of the path
     */
    public static boolean isReserved(String value) {
        return value.startsWith(RESERVED_SEGMENT)
                && (value.length() == RESERVED_SEGMENT.length() || value.charAt(RESERVED_SEGMENT.length()) == '/');
    }

    /** {@return the path as it is written in a URL: percent-encoded, except the slashes between its segments} */
    public String encoded() {
        StringBuilder text = new StringBuilder();
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || PLAIN_MARKS.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append('%').append(HEX.toHexDigits((byte) c));
            }
        }
        return text.toString();
    }

    /**
     * {@return the shard that holds this path, counted from 0: the same in every process and version}
     *
     * @param shards the number of shards, at least 1
     */
    public int shard(int shards) {
        int hash = value.hashCode();
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return Math.floorMod(hash ^ (hash >>> 16), shards);
    }

    @Override
    public String toString() {
        return value;
    }
}
