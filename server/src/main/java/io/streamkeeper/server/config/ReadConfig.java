package io.streamkeeper.server.config;

/**
 * How much one read returns, and in which form.
 *
 * @param readBytesMax bytes of one response, about: a message is never cut; 0 for none: a catch-up response reaches to the
 *     tail, and others have about a mebibyte
 * @param gzip whether catch-up responses are compressed for clients that ask for it
 */
public record ReadConfig(int readBytesMax, boolean gzip) {
    private static final int READ_BYTES_MAX = 1 << 30;
    private static final int WINDOW_BYTES = 1 << 20;

    /**
     * Checks the values.
     *
     * @param readBytesMax 0 … {@value #READ_BYTES_MAX}
     * @param gzip either
     * @throws IllegalArgumentException if {@code readBytesMax} is not so
     */
    public ReadConfig {
        Range.check("max-read", readBytesMax, 0, READ_BYTES_MAX);
    }

    /** {@return catch-up reads to the tail, compressed where that is asked for} */
    public static ReadConfig defaults() {
        return new ReadConfig(0, true);
    }

    /** {@return about how many bytes are read at once for a caller that takes all of them at once} */
    public int windowBytes() {
        return readBytesMax == 0 ? WINDOW_BYTES : readBytesMax;
    }
}
