package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Checksum;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The format of an extent file. It is written once, from its beginning to its end, and not changed.
 *
 * <pre>
 *   header   64 bytes
 *   parts    runs of streams, each stream's one after the other, then an index block that describes them; and so on.
 *            After each MiB of a stream's runs, and after its last one: the lengths of the appends, variable, of each
 *            of these runs that has more than one and is of a stream of bytes
 *   footer   position (u64) and length (u32) of each index block
 *   trailer  48 bytes
 *
 *   header:       0 magic u32, 4 crc32c u32 of 8 to 64, 8 version u32, 12 shard u32, 16 store 16 bytes, 32 file u64,
 *                 40 firstLsn u64: no record in the file is older
 *   index block:  0 magic u32, 4 crc32c u32 of 8 to the end, 8 length u32 of the whole block, 12 entries u32, 16
 *                 entries, see {@link IndexEntry}
 *   trailer:      0 magic u32, 4 crc32c u32 of the footer and of 8 to 48, 8 footer position u64, 16 blocks u32,
 *                 20 bytes of lengths u32, 24 entries u64, 32 data bytes u64, 40 file u64
 * </pre>
 *
 * <p>Entries are in the order of generations, and of positions within one. A run is read as a whole, so its checksum
 * shows damage before a reader sees a byte of it (I10).
 */
public final class ExtentLayout {
    static final int HEADER_BYTES = 64;
    static final int TRAILER_BYTES = 48;
    static final int BLOCK_HEADER_BYTES = 16;
    static final int FOOTER_ENTRY_BYTES = 12;
    static final int VERSION = 2;

    private static final int MAGIC_HEADER = 0x534b5831;
    private static final int MAGIC_BLOCK = 0x534b5842;
    private static final int MAGIC_TRAILER = 0x534b5854;
    /** The index of the checksum of a block, a header and a trailer, and that of the first byte that it covers. */
    static final int CRC = 4;

    static final int CHECKED = 8;

    private ExtentLayout() {}

    /** The content of the header. */
    public record Header(int version, int shard, UUID store, long file, long firstLsn) {}

    /** The content of the trailer. */
    public record Trailer(long footerPosition, int blocks, long entries, long dataBytes, int lengthsBytes, long file) {}

    /** The name of an extent file. */
    public static String name(long file) {
        return String.format(Locale.ROOT, "%016x.ext", file);
    }

    /** The number of the extent file with a file name, or -1 if it is not the name of an extent file. */
    static long number(String name) {
        return name.matches("[0-9a-f]{16}\\.ext") ? HexFormat.fromHexDigitsToLong(name, 0, 16) : -1;
    }

    static ByteBuf writeHeader(Header header) {
        ByteBuf bytes = Unpooled.directBuffer(HEADER_BYTES, HEADER_BYTES);
        bytes.writeInt(MAGIC_HEADER).writeInt(0).writeInt(header.version()).writeInt(header.shard());
        bytes.writeLong(header.store().getMostSignificantBits())
                .writeLong(header.store().getLeastSignificantBits())
                .writeLong(header.file())
                .writeLong(header.firstLsn());
        bytes.writeZero(HEADER_BYTES - bytes.writerIndex());
        return bytes.setInt(CRC, Checksum.of(bytes, CHECKED, HEADER_BYTES - CHECKED));
    }

    static @Nullable Header readHeader(ByteBuf bytes) {
        boolean intact = bytes.getInt(0) == MAGIC_HEADER
                && bytes.getInt(CRC) == Checksum.of(bytes, CHECKED, HEADER_BYTES - CHECKED);
        return intact
                ? new Header(
                        bytes.getInt(8),
                        bytes.getInt(12),
                        new UUID(bytes.getLong(16), bytes.getLong(24)),
                        bytes.getLong(32),
                        bytes.getLong(40))
                : null;
    }

    /** Completes the header of a block whose entries are already written after the room for the header. */
    static void finishBlock(ByteBuf block, int entries) {
        block.setInt(0, MAGIC_BLOCK);
        block.setInt(8, block.writerIndex());
        block.setInt(12, entries);
        block.setInt(CRC, Checksum.of(block, CHECKED, block.writerIndex() - CHECKED));
    }

    /** Whether {@code header} is that of an index block of {@code length} bytes, whose checksum is not checked. */
    static boolean isBlockHeader(ByteBuf header, int length) {
        return length >= BLOCK_HEADER_BYTES && header.getInt(0) == MAGIC_BLOCK && header.getInt(8) == length;
    }

    static ByteBuf writeTrailer(Trailer trailer, ByteBuf footer) {
        ByteBuf bytes = Unpooled.directBuffer(TRAILER_BYTES, TRAILER_BYTES);
        bytes.writeInt(MAGIC_TRAILER).writeInt(0).writeLong(trailer.footerPosition());
        bytes.writeInt(trailer.blocks()).writeInt(trailer.lengthsBytes());
        bytes.writeLong(trailer.entries()).writeLong(trailer.dataBytes()).writeLong(trailer.file());
        return bytes.setInt(CRC, trailerChecksum(bytes, footer));
    }

    static @Nullable Trailer readTrailer(ByteBuf bytes) {
        return bytes.getInt(0) == MAGIC_TRAILER
                ? new Trailer(
                        bytes.getLong(8),
                        bytes.getInt(16),
                        bytes.getLong(24),
                        bytes.getLong(32),
                        bytes.getInt(20),
                        bytes.getLong(40))
                : null;
    }

    static boolean isIntact(ByteBuf trailer, ByteBuf footer) {
        return trailer.getInt(CRC) == trailerChecksum(trailer, footer);
    }

    private static int trailerChecksum(ByteBuf trailer, ByteBuf footer) {
        int ofFooter = Checksum.of(footer, 0, footer.writerIndex());
        return ofFooter * 31 + Checksum.of(trailer, CHECKED, TRAILER_BYTES - CHECKED);
    }
}
