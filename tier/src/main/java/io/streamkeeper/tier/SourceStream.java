package io.streamkeeper.tier;

import io.streamkeeper.storage.tier.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of an object that is created, from the beginning. Used by one thread. */
final class SourceStream extends InputStream {
    private final ObjectStore.Source source;
    private long position;

    SourceStream(ObjectStore.Source source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int index, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = (int) Math.min(length, source.bytes() - position);
        if (count <= 0) {
            return -1;
        }
        source.read(position, ByteBuffer.wrap(into, index, count));
        position += count;
        return count;
    }
}
