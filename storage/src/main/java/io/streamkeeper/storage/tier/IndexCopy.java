package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.extent.ExtentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A file with the parts of an extent file that a start reads, so that a start does not need the object store. Safe for
 * use by any thread; blocks.
 *
 * <pre>
 *   header   0 magic u32, 4 crc32c u32 of 8 to the end of the table, 8 parts u32, 12 zero u32,
 *            16 length of the extent file u64
 *   table    position in the extent file (u64) and length (u32) of each part, in the order of positions
 *   parts    their bytes, one after the other; each has a checksum of its own, as in the extent file
 * </pre>
 */
final class IndexCopy implements AutoCloseable {
    private static final int MAGIC = 0x534b5849;
    private static final int HEADER_BYTES = 24;
    private static final int ENTRY_BYTES = 12;
    private static final int CHECKED = 8;
    private static final int BUFFER_BYTES = 256 << 10;

    private final DiskFile file;
    private final long extentBytes;
    private final long[] positions;
    private final int[] lengths;

    /** Where each part begins in the file. */
    private final long[] places;

    private IndexCopy(DiskFile file, long extentBytes, ByteBuffer table, int parts) {
        this.file = file;
        this.extentBytes = extentBytes;
        this.positions = new long[parts];
        this.lengths = new int[parts];
        this.places = new long[parts];
        long place = HEADER_BYTES + (long) parts * ENTRY_BYTES;
        for (int i = 0; i < parts; i++) {
            positions[i] = table.getLong();
            lengths[i] = table.getInt();
            places[i] = place;
            place += lengths[i];
        }
    }

    /** The path of the copy of the index of extent file {@code number}. */
    static Path in(Path extents, long number) {
        return extents.resolve(String.format(Locale.ROOT, "%016x.index", number));
    }

    /** The number of the extent file of which a file with this name is, or was to be, the index copy; or -1. */
    static long number(String name) {
        return name.matches("[0-9a-f]{16}\\.index(\\.tmp)?") ? HexFormat.fromHexDigitsToLong(name, 0, 16) : -1;
    }

    /** Writes the copy of the index of an extent file, durably. */
    static void write(Disk disk, Path path, ExtentFile extent) throws IOException {
        Path temporary = temporary(path);
        delete(disk, path);
        List<ExtentFile.IndexPart> parts = extent.indexParts();
        try (DiskFile out = disk.create(temporary)) {
            long position = write(out, 0, head(parts, extent.bytes()));
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            for (ExtentFile.IndexPart part : parts) {
                for (int done = 0; done < part.bytes(); ) {
                    buffer.clear().limit(Math.min(buffer.capacity(), part.bytes() - done));
                    extent.read(part.position() + done, buffer);
                    done += buffer.limit();
                    position = write(out, position, buffer.flip());
                }
            }
            out.sync();
        } catch (IOException | RuntimeException | Error e) {
            discard(disk, path, e);
            throw e;
        }
        disk.replace(temporary, path);
    }

    private static long write(DiskFile out, long position, ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        out.writeFully(position, bytes);
        return position + count;
    }

    private static void discard(Disk disk, Path path, Throwable reason) {
        try {
            delete(disk, path);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Removes a copy, also one that was not completed. */
    static void delete(Disk disk, Path path) throws IOException {
        for (Path each : List.of(temporary(path), path)) {
            if (disk.exists(each)) {
                disk.delete(each);
            }
        }
    }

    private static Path temporary(Path path) {
        return path.resolveSibling(path.getFileName() + ".tmp");
    }

    private static ByteBuffer head(List<ExtentFile.IndexPart> parts, long extentBytes) {
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES + parts.size() * ENTRY_BYTES);
        head.putInt(MAGIC).putInt(0).putInt(parts.size()).putInt(0).putLong(extentBytes);
        parts.forEach(part -> head.putLong(part.position()).putInt(part.bytes()));
        head.flip();
        return head.putInt(4, Checksum.of(head.duplicate().position(CHECKED)));
    }

    /**
     * Opens a copy.
     *
     * @throws DamagedFileException if it is damaged, or of a file of another length
     */
    static IndexCopy open(Disk disk, Path path, long extentBytes) throws IOException {
        DiskFile file = disk.open(path);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            file.readFully(0, header);
            int parts = header.getInt(CHECKED);
            if (header.getInt(0) != MAGIC
                    || header.getLong(16) != extentBytes
                    || parts < 0
                    || parts > file.size() / ENTRY_BYTES) {
                throw new DamagedFileException(path, 0, "the header is not that of this index");
            }
            ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES + parts * ENTRY_BYTES);
            file.readFully(0, head);
            if (Checksum.of(head.flip().position(CHECKED)) != head.getInt(4)) {
                throw new DamagedFileException(path, 0, "the checksum of the table does not match");
            }
            return new IndexCopy(file, extentBytes, head.position(HEADER_BYTES), parts);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    long extentBytes() {
        return extentBytes;
    }

    /** Reads bytes of the extent file if they are in one of the parts; otherwise returns false. */
    boolean read(long position, ByteBuffer into) throws IOException {
        int low = 0;
        int high = positions.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (positions[middle] <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        long skipped = position - positions[low];
        if (skipped < 0 || skipped + into.remaining() > lengths[low]) {
            return false;
        }
        file.readFully(places[low] + skipped, into);
        return true;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
