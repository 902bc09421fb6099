package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.disk.Checksum;
import java.util.zip.CRC32C;

/**
 * A frame: records that were submitted to the log together. Frames follow each other in a segment without a gap, each
 * at a multiple of {@value #ALIGNMENT} bytes.
 *
 * <pre>
 *   0  magic     u32
 *   4  crc32c    u32  of the segment's salt, the frame's position in the segment, and everything from 8 to the end: the
 *                     payloads too, so that a frame is valid as a whole or not
 *   8  length    u32  of the frame with this header, without padding
 *  12  count     u32  of records; their log sequence numbers are firstLsn, firstLsn + 1, …
 *  16  segment   u64  the segment's number, which old bytes of a recycled file do not match
 *  24  firstLsn  u64
 *  32  durable   u64  the position up to which the segment was known to be durable when the frame was written
 *  40  records
 * </pre>
 *
 * <p>{@code durable} distinguishes a torn tail from damage (I10): a frame that cannot be read was acknowledged if a
 * later one says that the segment was durable beyond it. A payload may contain bytes that look like such a frame, even
 * a copy of a real one. The checksum distinguishes them: clients do not know the segment's salt, and a copy is at
 * another position. In version 1 neither was part of the checksum; a salt of 0 stands for that.
 */
public final class FrameLayout {
    /** Bytes before the first record. */
    public static final int HEADER_BYTES = 40;

    /** Frames begin at multiples of this number of bytes. */
    public static final int ALIGNMENT = 8;

    static final int MAGIC = 0x534b4652;

    private static final int CRC = 4;
    private static final int LENGTH = 8;
    private static final int COUNT = 12;
    private static final int SEGMENT = 16;
    private static final int FIRST_LSN = 24;
    private static final int DURABLE = 32;

    private FrameLayout() {}

    /** The number of bytes that a frame of {@code length} occupies with its padding. */
    static int paddedBytes(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** The content of a frame's header. */
    public record Header(int length, int count, long segment, long firstLsn, long durable) {
        /** The log sequence number of the frame's last record. */
        public long lastLsn() {
            return firstLsn + count - 1;
        }
    }

    /** Writes the header of the frame at {@code index}, whose records are already written. */
    static void writeHeader(ByteBuf frame, int index, Header header, long salt, long position) {
        frame.setInt(index, MAGIC);
        frame.setInt(index + LENGTH, header.length());
        frame.setInt(index + COUNT, header.count());
        frame.setLong(index + SEGMENT, header.segment());
        frame.setLong(index + FIRST_LSN, header.firstLsn());
        frame.setLong(index + DURABLE, header.durable());
        frame.setInt(index + CRC, checksum(frame, index, header.length(), salt, position));
    }

    /** Whether the bytes at {@code index} begin like a frame of a segment. */
    static boolean begins(ByteBuf bytes, int index, long segment) {
        return bytes.getInt(index) == MAGIC && bytes.getLong(index + SEGMENT) == segment;
    }

    /** Reads a header without checking its checksum. */
    static Header readHeader(ByteBuf bytes, int index) {
        return new Header(
                bytes.getInt(index + LENGTH),
                bytes.getInt(index + COUNT),
                bytes.getLong(index + SEGMENT),
                bytes.getLong(index + FIRST_LSN),
                bytes.getLong(index + DURABLE));
    }

    /** Whether the whole frame at {@code index} is as it was written at {@code position} of a segment. */
    static boolean isIntact(ByteBuf bytes, int index, int length, long salt, long position) {
        return bytes.getInt(index + CRC) == checksum(bytes, index, length, salt, position);
    }

    private static int checksum(ByteBuf frame, int index, int length, long salt, long position) {
        CRC32C crc = new CRC32C();
        if (salt != 0) {
            update(crc, salt);
            update(crc, position);
        }
        Checksum.update(crc, frame, index + LENGTH, length - LENGTH);
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, long value) {
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            crc.update((int) (value >>> shift));
        }
    }
}
