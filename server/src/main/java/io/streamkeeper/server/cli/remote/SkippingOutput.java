package io.streamkeeper.server.cli.remote;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Passes bytes on, but for the first ones. */
final class SkippingOutput extends FilterOutputStream {
    private long skip;

    /** Omits the first {@code skip} bytes. */
    SkippingOutput(OutputStream to, long skip) {
        super(to);
        this.skip = skip;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        int skipped = (int) Math.min(skip, length);
        skip -= skipped;
        if (length > skipped) {
            out.write(bytes, start + skipped, length - skipped);
        }
    }
}
