package io.streamkeeper.protocol;

/** Tells whether a text of a program can be kept as UTF-8 and be the same again. */
final class UnicodeText {
    private UnicodeText() {}

    /** False where half of a surrogate pair stands alone. */
    static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
