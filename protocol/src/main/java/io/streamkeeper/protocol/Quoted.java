package io.streamkeeper.protocol;

/** A client's own text within an error message: in quotes, without control characters, and not longer than a line. */
public final class Quoted {
    private static final int LENGTH_MAX = 80;

    private Quoted() {}

    /**
     * {@return the text in double quotes} What is not printable ASCII becomes {@code ?}, and what is past the 80th
     * character is cut.
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
