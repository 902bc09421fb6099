package io.streamkeeper.storage.journal;

import io.streamkeeper.storage.disk.Checksum;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The header of a journal segment. It is written when the segment is begun, not when the file is prepared, because only
 * then is the end of the previous segment known. It is durable before the previous segment may be released.
 *
 * <pre>
 *   0  magic        u32
 *   4  crc32c       u32  of 8 to 72
 *   8  version      u32
 *  12  shard        u32
 *  16  store        16 bytes, the data directory's identity
 *  32  number       u64
 *  40  previous     u64  the number of the segment before; 0 for the first
 *  48  previousEnd  u64  where the frames of that one end
 *  56  lastLsn      u64  of the last record before this segment
 *  64  salt         u64  of the checksums of its frames, see {@link FrameLayout}
 *  72  frames
 * </pre>
 *
 * <p>In version 1 there was no salt, and the frames began at 64.
 */
public final class SegmentLayout {
    /** The position of the first frame. */
    public static final int HEADER_BYTES = 72;

    static final int VERSION = 2;

    /** Length of the header in version 1. */
    static final int HEADER_BYTES_MIN = 64;

    private static final int VERSION_AT = 8;

    private static final int MAGIC = 0x534b4a31;
    private static final int CRC = 4;
    private static final int CHECKED = 8;

    private SegmentLayout() {}

    /** The content of a segment's header. */
    public record Header(
            int version, int shard, UUID store, long number, long previous, long previousEnd, long lastLsn, long salt) {
        /** The position of the first frame. */
        int bytes() {
            return bytesOf(version);
        }

        @Override
        public String toString() {
            return "segment " + number + " of shard " + shard + " of store " + store + ", version " + version
                    + ", after " + previous + ", which ends at " + previousEnd + " with record " + lastLsn;
        }
    }

    private static int bytesOf(int version) {
        return version == 1 ? HEADER_BYTES_MIN : HEADER_BYTES;
    }

    /** The header as bytes. */
    static ByteBuffer write(Header header) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(HEADER_BYTES);
        bytes.putInt(MAGIC)
                .putInt(0)
                .putInt(header.version())
                .putInt(header.shard())
                .putLong(header.store().getMostSignificantBits())
                .putLong(header.store().getLeastSignificantBits())
                .putLong(header.number())
                .putLong(header.previous())
                .putLong(header.previousEnd())
                .putLong(header.lastLsn())
                .putLong(header.salt())
                .flip();
        bytes.putInt(CRC, Checksum.of(bytes.slice(CHECKED, HEADER_BYTES - CHECKED)));
        return bytes;
    }

    /** The header that {@code bytes} contain, or null if they do not contain an intact one. */
    public static @Nullable Header read(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES_MIN || bytes.getInt(0) != MAGIC) {
            return null;
        }
        int length = bytesOf(bytes.getInt(VERSION_AT));
        boolean intact =
                bytes.remaining() >= length && bytes.getInt(CRC) == Checksum.of(bytes.slice(CHECKED, length - CHECKED));
        if (!intact) {
            return null;
        }
        return new Header(
                bytes.getInt(8),
                bytes.getInt(12),
                new UUID(bytes.getLong(16), bytes.getLong(24)),
                bytes.getLong(32),
                bytes.getLong(40),
                bytes.getLong(48),
                bytes.getLong(56),
                length == HEADER_BYTES ? bytes.getLong(64) : 0);
    }
}
