package io.streamkeeper.server.config;

/**
 * How much one read returns, and in which form.
 *
 * @param readBytesMax bytes of one catch-up or long-poll response, about: a message is never cut
 * @param gzip whether catch-up responses are compressed for clients that ask for it
 */
public record ReadConfig(int readBytesMax, boolean gzip) {
    private static final int READ_BYTES_MAX = 1 << 30;

    public ReadConfig {
        Range.check("max-read", readBytesMax, 1, READ_BYTES_MAX);
    }

    public static ReadConfig defaults() {
        return new ReadConfig(1 << 20, true);
    }
}
