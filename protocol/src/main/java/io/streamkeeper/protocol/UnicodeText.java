package io.streamkeeper.protocol;

/** Whether a Java string survives the conversion to UTF-8 and back. */
public final class UnicodeText {
    private UnicodeText() {}

    /**
     * {@return whether a string has no unpaired surrogate}
     *
     * @param text any
     */
    public static boolean isWhole(String text) {
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
