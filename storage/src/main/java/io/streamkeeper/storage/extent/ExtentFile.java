package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A complete extent file, open for reading. Safe for use by any thread that may block. It is closed when the last
 * holder releases it, so that a reader continues while the file is removed.
 */
public final class ExtentFile {
    /** The most bytes of the index that a cursor reads at once, unless an entry is longer. */
    public static final int WINDOW_BYTES_MAX = 80 << 10;

    /** The fewest bytes that a cursor reads at once; at least the header of a block. */
    public static final int WINDOW_BYTES_MIN = 512;

    private final String name;
    private final ExtentFiles.Input file;
    private final ExtentLayout.Header header;
    private final ExtentLayout.Trailer trailer;
    private final ByteBuf footer;
    private final AtomicInteger holders = new AtomicInteger(1);

    private ExtentFile(
            String name,
            ExtentFiles.Input file,
            ExtentLayout.Header header,
            ExtentLayout.Trailer trailer,
            ByteBuf footer) {
        this.name = name;
        this.file = file;
        this.header = header;
        this.trailer = trailer;
        this.footer = footer;
    }

    /**
     * Opens a file; the caller holds it.
     *
     * @throws DamagedFileException if its header, footer or trailer is damaged
     */
    public static ExtentFile open(ExtentFiles files, long number, int shard, UUID store) throws IOException {
        return openVersion(ExtentLayout.VERSION, files, number, shard, store);
    }

    /** As {@link #open}, of a file of format version {@code version}. */
    public static ExtentFile openVersion(int version, ExtentFiles files, long number, int shard, UUID store)
            throws IOException {
        return open(files.name(number), files.open(number), version, header -> {
            if (!header.store().equals(store) || header.shard() != shard || header.file() != number) {
                throw new IOException(files.name(number) + " is file " + header.file() + " of shard " + header.shard()
                        + " of store " + header.store() + ", expected file " + number + " of shard " + shard
                        + " of store " + store + "; put the file back where it came from");
            }
        });
    }

    /**
     * Opens a file of any number, store and shard; the caller holds it.
     *
     * @param name its name in messages
     * @param file the file; takes ownership of it
     */
    public static ExtentFile openAny(String name, ExtentFiles.Input file) throws IOException {
        return open(name, file, ExtentLayout.VERSION, header -> {});
    }

    /** Refuses a file that is not the expected one. */
    private interface HeaderCheck {
        void check(ExtentLayout.Header header) throws IOException;
    }

    private static ExtentFile open(String name, ExtentFiles.Input file, int version, HeaderCheck check)
            throws IOException {
        try {
            long size = file.size();
            if (size < ExtentLayout.HEADER_BYTES + ExtentLayout.TRAILER_BYTES) {
                throw new DamagedFileException(name, size, "the file ends here, expected at least header and trailer");
            }
            ExtentLayout.Header header = header(name, file, version);
            check.check(header);
            return withTrailer(name, file, header, size);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** The content of header and trailer. */
    public String describe() {
        return header + ", " + trailer;
    }

    private static ExtentLayout.Header header(String name, ExtentFiles.Input file, int version) throws IOException {
        ExtentLayout.Header header = ExtentLayout.readHeader(read(file, 0, ExtentLayout.HEADER_BYTES));
        if (header == null) {
            throw new DamagedFileException(name, 0, "the header cannot be read");
        }
        if (header.version() != version) {
            throw new IOException(name + " has format version " + header.version() + ", expected " + version
                    + "; it was written by another version of the server, which is to be used");
        }
        return header;
    }

    private static ExtentFile withTrailer(String name, ExtentFiles.Input file, ExtentLayout.Header header, long size)
            throws IOException {
        long trailerPosition = size - ExtentLayout.TRAILER_BYTES;
        ByteBuf trailerBytes = read(file, trailerPosition, ExtentLayout.TRAILER_BYTES);
        ExtentLayout.Trailer trailer = ExtentLayout.readTrailer(trailerBytes);
        long footerBytes = trailer == null ? -1 : trailerPosition - trailer.footerPosition();
        if (trailer == null
                || trailer.file() != header.file()
                || footerBytes != (long) trailer.blocks() * ExtentLayout.FOOTER_ENTRY_BYTES) {
            throw new DamagedFileException(name, trailerPosition, "the trailer cannot be read");
        }
        ByteBuf footer = read(file, trailer.footerPosition(), (int) footerBytes);
        if (!ExtentLayout.isIntact(trailerBytes, footer)) {
            throw new DamagedFileException(name, trailer.footerPosition(), "the footer's checksum does not match");
        }
        return new ExtentFile(name, file, header, trailer, footer);
    }

    private static ByteBuf read(ExtentFiles.Input file, long position, int bytes) throws IOException {
        ByteBuf buffer = Unpooled.buffer(Math.max(1, bytes));
        file.read(position, buffer.nioBuffer(0, bytes));
        return buffer.writerIndex(bytes);
    }

    /** The name of the file in messages. */
    public String name() {
        String elsewhere = file.elsewhere();
        return elsewhere == null ? name : name + ", which is " + elsewhere + ",";
    }

    public long number() {
        return header.file();
    }

    /** The first lsn; no record in the file is older. */
    public long firstLsn() {
        return header.firstLsn();
    }

    public long entryCount() {
        return trailer.entries();
    }

    /** Bytes of runs. */
    public long dataBytes() {
        return trailer.dataBytes();
    }

    /** Bytes of the lengths of appends. */
    public long lengthsBytes() {
        return trailer.lengthsBytes();
    }

    /** Bytes of the whole file. */
    public long bytes() {
        return trailer.footerPosition()
                + (long) trailer.blocks() * ExtentLayout.FOOTER_ENTRY_BYTES
                + ExtentLayout.TRAILER_BYTES;
    }

    /**
     * A part of the file without runs.
     *
     * @param position where it begins
     * @param bytes its length
     */
    public record IndexPart(long position, int bytes) {}

    /** The parts that a start reads, in order: the header, the index blocks, and footer with trailer. */
    public List<IndexPart> indexParts() {
        List<IndexPart> parts = new ArrayList<>(trailer.blocks() + 2);
        parts.add(new IndexPart(0, ExtentLayout.HEADER_BYTES));
        for (int i = 0; i < trailer.blocks(); i++) {
            int entry = i * ExtentLayout.FOOTER_ENTRY_BYTES;
            parts.add(new IndexPart(footer.getLong(entry), footer.getInt(entry + 8)));
        }
        parts.add(new IndexPart(trailer.footerPosition(), (int) (bytes() - trailer.footerPosition())));
        return parts;
    }

    /** Whether its runs are read from another machine, see {@link ExtentFiles.Input#isRemote}. */
    public boolean isRemote() {
        return file.isRemote();
    }

    /** Whether a copy is on another machine, see {@link ExtentFiles.Input#isCopied}. */
    boolean isCopied() {
        return file.isCopied();
    }

    /** Bytes that were read are damaged, see {@link ExtentFiles.Input#forget}. */
    public void forget(long position, int bytes) {
        file.forget(position, bytes);
    }

    /** A cursor over the entries of the index, in order. */
    public Cursor entries() {
        return entries(WINDOW_BYTES_MAX);
    }

    /** The same, which usually holds at most {@code windowBytes} of the index in memory. */
    public Cursor entries(int windowBytes) {
        return new Cursor(windowBytes);
    }

    /**
     * A place in the index; used by one thread. It reads an index block twice: first it checks the block, then it reads
     * the entries in parts that fit its window, so that many files can be read at the same time with little memory. A
     * longer entry is read as a whole.
     */
    public final class Cursor {
        private final int windowBytes;
        private int blockIndex;
        private int left;
        private ByteBuf window = Unpooled.EMPTY_BUFFER;

        /** The position in the file after the window, and after the block. */
        private long windowEnd;

        private long blockEnd;

        private Cursor(int windowBytes) {
            this.windowBytes = Math.max(WINDOW_BYTES_MIN, windowBytes);
        }

        /**
         * The next entry, or null after the last. It refers to memory that later calls do not change.
         *
         * @throws DamagedFileException if the index is damaged
         */
        public @Nullable IndexEntry next() throws IOException {
            while (left == 0) {
                if (blockIndex == trailer.blocks()) {
                    window = Unpooled.EMPTY_BUFFER;
                    return null;
                }
                beginBlock();
            }
            left--;
            while (true) {
                int start = window.readerIndex();
                try {
                    return IndexEntry.read(window);
                } catch (IndexOutOfBoundsException e) {
                    window.readerIndex(start);
                    if (windowEnd == blockEnd) {
                        throw unreadable(e);
                    }
                    moveWindow();
                } catch (IllegalArgumentException e) {
                    throw unreadable(e);
                }
            }
        }

        private DamagedFileException unreadable(RuntimeException reason) {
            return new DamagedFileException(
                    name, blockPosition(blockIndex - 1), "an index entry cannot be read: " + reason);
        }

        /** Reads from the current entry on: as much as the window is long, or twice as much as before if that is more. */
        private void moveWindow() throws IOException {
            int unread = window.readableBytes();
            long from = windowEnd - unread;
            window = read(file, from, (int) Math.min(blockEnd - from, Math.max(windowBytes, 2L * unread)));
            windowEnd = from + window.writerIndex();
        }

        private void beginBlock() throws IOException {
            long position = blockPosition(blockIndex);
            int length = footer.getInt(blockIndex * ExtentLayout.FOOTER_ENTRY_BYTES + 8);
            if (length < ExtentLayout.BLOCK_HEADER_BYTES) {
                throw damagedBlock(position);
            }
            blockEnd = position + length;
            windowEnd = position;
            window = Unpooled.EMPTY_BUFFER;
            moveWindow();
            if (!ExtentLayout.isBlockHeader(window, length) || window.getInt(ExtentLayout.CRC) != checksum()) {
                throw damagedBlock(position);
            }
            left = window.getInt(12);
            window.readerIndex(ExtentLayout.BLOCK_HEADER_BYTES);
            blockIndex++;
        }

        /** The checksum of the block that begins at the window. */
        private int checksum() throws IOException {
            CRC32C crc = new CRC32C();
            Checksum.update(crc, window, ExtentLayout.CHECKED, window.writerIndex() - ExtentLayout.CHECKED);
            for (long at = windowEnd; at < blockEnd; ) {
                ByteBuf part = read(file, at, (int) Math.min(WINDOW_BYTES_MAX, blockEnd - at));
                Checksum.update(crc, part, 0, part.writerIndex());
                at += part.writerIndex();
            }
            return (int) crc.getValue();
        }

        private DamagedFileException damagedBlock(long position) {
            return new DamagedFileException(name, position, "the checksum of an index block does not match");
        }

        private long blockPosition(int index) {
            return footer.getLong(index * ExtentLayout.FOOTER_ENTRY_BYTES);
        }
    }

    /** Fills {@code into} with the bytes from {@code position} on. */
    public void read(long position, ByteBuffer into) throws IOException {
        file.read(position, into);
    }

    /** Adds a holder, which keeps the file open; returns false if the file is already closed. */
    public boolean retain() {
        while (true) {
            int now = holders.get();
            if (now == 0) {
                return false;
            }
            if (holders.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Removes a holder; the last one closes the file. */
    public void release() throws IOException {
        if (holders.decrementAndGet() == 0) {
            file.close();
        }
    }
}
