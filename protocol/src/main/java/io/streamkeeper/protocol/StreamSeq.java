package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/** The rule of {@code Stream-Seq}: an opaque text that sorts after the previous one of its stream (section 5.2). */
public final class StreamSeq {
    /** The longest text in characters. */
    public static final int LENGTH_MAX = 1024;

    private StreamSeq() {}

    /**
     * Checks a text.
     *
     * @param text 1 to {@value #LENGTH_MAX} characters; null where none was given
     * @return the same
     * @throws RefusedException if it is empty, too long or not valid Unicode, with {@link ErrorCode#INVALID_HEADER}
     */
    public static @Nullable String check(@Nullable String text) {
        if (text != null && (text.isEmpty() || text.length() > LENGTH_MAX)) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER,
                    "Stream-Seq " + Quoted.of(text) + " has " + text.length() + " characters; expected 1 to "
                            + LENGTH_MAX);
        }
        if (text != null && !UnicodeText.isWhole(text)) {
            throw new RefusedException(
                    ErrorCode.INVALID_HEADER,
                    "Stream-Seq " + Quoted.of(text) + " has half a surrogate pair; expected Unicode text");
        }
        return text;
    }
}
