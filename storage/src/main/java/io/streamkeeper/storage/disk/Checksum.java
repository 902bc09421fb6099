package io.streamkeeper.storage.disk;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C, the checksum of every format here. */
public final class Checksum {
    private Checksum() {}

    /** The checksum of {@code length} bytes from {@code index} on. */
    public static int of(ByteBuf bytes, int index, int length) {
        CRC32C crc = new CRC32C();
        update(crc, bytes, index, length);
        return (int) crc.getValue();
    }

    /** The checksum of the remaining bytes of {@code bytes}; their position does not change. */
    public static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /** Continues a checksum over {@code length} bytes from {@code index} on. */
    public static void update(CRC32C crc, ByteBuf bytes, int index, int length) {
        if (bytes.nioBufferCount() == 1) {
            crc.update(bytes.nioBuffer(index, length));
            return;
        }
        for (ByteBuffer part : bytes.nioBuffers(index, length)) {
            crc.update(part);
        }
    }
}
