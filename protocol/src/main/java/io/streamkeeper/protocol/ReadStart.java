package io.streamkeeper.protocol;

/**
 * Where a read begins (section 8): at the beginning ({@code -1}), at the tail ({@code now}), at an offset, at the last
 * messages or bytes, or at a time.
 */
public sealed interface ReadStart {
    /** The text that names the beginning of any stream. */
    String BEGINNING = "-1";

    /** The text that names the tail of any stream. */
    String NOW = "now";

    /**
     * Reads the text form.
     *
     * @param text {@value #BEGINNING}, {@value #NOW}, or an offset
     * @return where the read begins
     * @throws RefusedException if it is none of them, with {@link ErrorCode#INVALID_OFFSET}
     */
    static ReadStart parse(String text) {
        return switch (text) {
            case BEGINNING -> new Beginning();
            case NOW -> new Now();
            default -> new At(Offset.parse(text));
        };
    }

    /** The earliest byte that the stream keeps. */
    record Beginning() implements ReadStart {}

    /** The tail at the time of the read. */
    record Now() implements ReadStart {}

    /**
     * An offset that the server issued.
     *
     * @param offset the position to read from
     */
    record At(Offset offset) implements ReadStart {}

    /**
     * The first append at or after a time, or an earlier one: the server keeps times of groups of appends.
     *
     * @param millis since 1970 UTC
     */
    record Since(long millis) implements ReadStart {}

    /**
     * The last messages or bytes before the tail at the time of the read; all data if the stream has less.
     *
     * @param messages how many messages of a JSON stream, 1 or more; -1 if bytes are counted
     * @param bytes how many bytes, 1 or more; -1 if messages are counted. No message or character is cut: the read
     *     begins with the first one that is not longer than that, or with the last one.
     */
    record Last(long messages, long bytes) implements ReadStart {}
}
