package io.streamkeeper.protocol;

import java.util.Locale;

/**
 * A stream's content type (section 9): the original text, and the type and subtype that comparisons use. Parameters and
 * letter case do not count in a comparison.
 */
public final class ContentType {
    /** The default of a stream that is created without a type. */
    public static final ContentType OCTET_STREAM =
            new ContentType("application/octet-stream", "application/octet-stream");

    /** The type of a stream of messages (section 9.1). */
    public static final ContentType JSON = new ContentType("application/json", "application/json");

    /** The longest text in characters; a longer one is {@link ErrorCode#INVALID_HEADER}. */
    public static final int LENGTH_MAX = 256;

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final String value;
    private final String essence;
    private final boolean isUtf8Text;

    private ContentType(String value, String essence) {
        this.value = value;
        this.essence = essence;
        this.isUtf8Text = essence.startsWith("text/") && isUtf8(value);
    }

    /** Matches parameters that name no charset, or UTF-8, or its subset ASCII. */
    private static boolean isUtf8(String value) {
        String[] parameters = value.split(";", -1);
        for (int i = 1; i < parameters.length; i++) {
            int equals = parameters[i].indexOf('=');
            String name = equals < 0 ? "" : parameters[i].substring(0, equals).strip();
            if (name.equalsIgnoreCase("charset")) {
                String charset =
                        parameters[i].substring(equals + 1).replace("\"", "").strip();
                return charset.equalsIgnoreCase("utf-8")
                        || charset.equalsIgnoreCase("utf8")
                        || charset.equalsIgnoreCase("us-ascii");
            }
        }
        return true;
    }

    /**
     * Reads a {@code Content-Type} header's value.
     *
     * @param text the value, at most {@value #LENGTH_MAX} characters
     * @return the type, with {@code text} as its {@link #value}
     * @throws RefusedException with {@link ErrorCode#INVALID_HEADER} if it is not {@code type/subtype} with
     *     optional parameters
     */
    public static ContentType parse(String text) {
        if (text.equals(JSON.value)) {
            return JSON;
        }
        if (text.equals(OCTET_STREAM.value)) {
            return OCTET_STREAM;
        }
        int semicolon = text.indexOf(';');
        String essence = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
        int slash = essence.indexOf('/');
        if (text.length() > LENGTH_MAX
                || slash < 0
                || !isToken(essence, 0, slash)
                || !isToken(essence, slash + 1, essence.length())
                || !isVisible(text)) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER,
                    "Content-Type " + Quoted.of(text) + " is not valid; expected type/subtype, at most " + LENGTH_MAX
                            + " characters");
        }
        return new ContentType(text, essence.toLowerCase(Locale.ROOT));
    }

    private static boolean isToken(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            boolean alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!alphanumeric && TOKEN_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return start < end;
    }

    private static boolean isVisible(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
    }

    /** {@return the original text, which responses contain} */
    public String value() {
        return value;
    }

    /** {@return type and subtype, in lower case and without parameters} */
    public String essence() {
        return essence;
    }

    /** {@return whether the stream is a stream of messages (section 9.1)} */
    public boolean isJson() {
        return essence.equals(JSON.essence);
    }

    /**
     * {@return whether the bytes are UTF-8 text, which events contain as text} Other types, and text in other charsets,
     * are sent as base64 (section 5.8).
     */
    public boolean isText() {
        return isJson() || isUtf8Text;
    }

    /**
     * {@return whether a browser that opens the bytes as a page may run scripts in them} These are HTML
     * and all XML types, because XHTML and SVG elements in any XML may contain scripts.
     */
    public boolean isActive() {
        return essence.equals("text/html")
                || essence.equals("text/xsl")
                || essence.startsWith("multipart/")
                || essence.endsWith("/xml")
                || essence.endsWith("+xml");
    }

    /**
     * {@return whether both name the same type and subtype} This is how the protocol compares; {@link #equals} compares
     * the texts.
     *
     * @param other what to compare with
     */
    public boolean matches(ContentType other) {
        return essence.equals(other.essence);
    }

    /**
     * {@return whether a stream may have the other type instead, because stored bytes are read in the same way}
     * Messages stay messages, and events have the same encoding: text, or base64.
     *
     * @param other what may take its place
     */
    public boolean isReadAs(ContentType other) {
        return isJson() == other.isJson() && isText() == other.isText();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContentType that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
