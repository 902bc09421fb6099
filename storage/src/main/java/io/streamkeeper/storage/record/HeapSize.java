package io.streamkeeper.storage.record;

/** The heap that objects take whose size depends on their content, with compressed references. */
public final class HeapSize {
    /** The size of an object is a multiple of this. */
    private static final int ALIGNMENT = 8;

    private static final int STRING_BYTES = 24;
    private static final int ARRAY_HEAD_BYTES = 16;

    /** The characters up to this one take one byte each, if a text has no others. */
    private static final char LATIN1_MAX = 0xff;

    private HeapSize() {}

    /** The heap that a text takes. */
    public static int of(String text) {
        return STRING_BYTES + aligned(ARRAY_HEAD_BYTES + text.length() * (isLatin1(text) ? 1 : 2));
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > LATIN1_MAX) {
                return false;
            }
        }
        return true;
    }

    private static int aligned(int bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
