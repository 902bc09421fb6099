package io.streamkeeper.server.config;

/**
 * How much one read returns, and in which form.
 *
 * @param readBytesMax bytes of one catch-up or long-poll response, about: a message is never cut
 * @param gzip whether catch-up responses are compressed for clients that ask for it
 */
public record ReadConfig(int readBytesMax, boolean gzip) {
    private static final int READ_BYTES_MAX = 1 << 30;

    /**
     * Checks the values.
     *
     * @param readBytesMax 1 … {@value #READ_BYTES_MAX}
     * @param gzip either
     * @throws IllegalArgumentException if {@code readBytesMax} is not so
     */
    public ReadConfig {
        Range.check("max-read", readBytesMax, 1, READ_BYTES_MAX);
    }

    /** {@return reads of a mebibyte, compressed where that is asked for} */
    public static ReadConfig defaults() {
        return new ReadConfig(1 << 20, true);
    }
}
