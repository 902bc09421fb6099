package io.streamkeeper.protocol;

/**
 * The order of paths in a listing: that of their bytes in UTF-8. It differs from the order of {@link String#compareTo}
 * where a surrogate meets a character from U+E000 on.
 */
public final class PathOrder {
    private static final char FIRST_SURROGATE = Character.MIN_SURROGATE;

    /** The first character after the surrogates. */
    private static final char FIRST_AFTER = Character.MAX_SURROGATE + 1;

    private PathOrder() {}

    /**
     * {@return a negative number, zero or a positive number, as {@code a} is before, equal to or after {@code b}}
     *
     * @param a a path, or the beginning of one, in which each surrogate has its other half
     * @param b likewise
     */
    public static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char ofA = a.charAt(i);
            char ofB = b.charAt(i);
            if (ofA != ofB) {
                return rank(ofA) - rank(ofB);
            }
        }
        return a.length() - b.length();
    }

    /** Surrogates are the characters from U+10000 on, so they follow all others. */
    private static int rank(char c) {
        if (c < FIRST_SURROGATE) {
            return c;
        }
        return c < FIRST_AFTER ? c + (1 << 16) : c;
    }
}
