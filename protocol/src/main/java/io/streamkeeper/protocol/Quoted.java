package io.streamkeeper.protocol;

/** Text of a client in an error message: in quotes, without control characters, at most a line long. */
public final class Quoted {
    private static final int LENGTH_MAX = 80;

    private Quoted() {}

    /**
     * {@return the text in double quotes} Characters other than printable ASCII become {@code ?}; a text is cut
     * after 80 characters.
     *
     * @param text as the client sent it
     */
    public static String of(CharSequence text) {
        StringBuilder quoted = new StringBuilder().append('"');
        for (int i = 0; i < Math.min(text.length(), LENGTH_MAX); i++) {
            char c = text.charAt(i);
            quoted.append(c < ' ' || c > '~' || c == '"' || c == '\\' ? '?' : c);
        }
        return quoted.append(text.length() > LENGTH_MAX ? "…\"" : "\"").toString();
    }
}
