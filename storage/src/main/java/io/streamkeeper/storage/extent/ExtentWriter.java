package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.stream.StoredRuns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes one extent file from its beginning to its end. It is not durable before {@link #finish}, and not part of the
 * store before the manifest names it. Used by one background thread.
 */
public final class ExtentWriter implements AutoCloseable {
    /** The number of bytes that are written at once. */
    private static final int BUFFER_BYTES = 256 << 10;

    /** The size that an index block grows to. */
    private static final int BLOCK_BYTES = 64 << 10;

    /** The initial capacity for the lengths of a file's appends. */
    private static final int LENGTHS_BYTES = 256;

    /** The number of bytes of runs after which the lengths of their appends follow. */
    static final int GROUP_BYTES = 1 << 20;

    /** The number of bytes written between two syncs, so that the last sync does not have to write everything. */
    private static final int SYNC_BYTES = 4 << 20;

    /** Positions in a file are kept in 31 bits. */
    private static final long FILE_BYTES_MAX = Integer.MAX_VALUE - (1 << 20);

    private final ExtentFiles.Output file;
    private final long number;
    private final ByteBuf buffer;
    private final ByteBuf block;
    private final ByteBuf footer;

    /** The lengths of the appends of the runs since {@link #groupStart}; no more bytes than the runs have. */
    private final ByteBuf lengths;

    private final CRC32C crc = new CRC32C();
    private long position;
    private long unsynced;
    private int blockEntries;
    private long entries;
    private long dataBytes;
    private long lengthsBytes;
    private int descriptions;
    private long descriptionBytes;

    private long generation;
    private @Nullable ByteBuf meta;
    private StoredRuns runs = new StoredRuns(0, 0, false);
    private long runPosition;
    private int groupStart;
    private long groupBytes;

    /** Begins file {@code number} of {@code files}, in which no record is older than {@code firstLsn}. */
    public ExtentWriter(ExtentFiles files, long number, int shard, UUID store, long firstLsn) throws IOException {
        this.number = number;
        List<ByteBuf> made = new ArrayList<>();
        ByteBuf header;
        try {
            header = add(
                    made,
                    ExtentLayout.writeHeader(
                            new ExtentLayout.Header(ExtentLayout.VERSION, shard, store, number, firstLsn)));
            this.buffer = add(made, Unpooled.directBuffer(BUFFER_BYTES, BUFFER_BYTES));
            this.block = add(made, Unpooled.directBuffer(BLOCK_BYTES));
            this.footer = add(made, Unpooled.directBuffer(BLOCK_BYTES));
            this.lengths = add(made, Unpooled.directBuffer(LENGTHS_BYTES));
            this.file = files.create(number);
        } catch (IOException | RuntimeException | Error e) {
            made.forEach(ByteBuf::release);
            throw e;
        }
        block.writerIndex(ExtentLayout.BLOCK_HEADER_BYTES);
        write(header);
    }

    private static ByteBuf add(List<ByteBuf> made, ByteBuf buffer) {
        made.add(buffer);
        return buffer;
    }

    /** Begins an entry; entries are in the order of generations, and of positions within one. */
    public void begin(
            long ofGeneration, @Nullable ByteBuf description, long start, long messagesBefore, boolean timed) {
        generation = ofGeneration;
        meta = description;
        runs = new StoredRuns(start, messagesBefore, timed);
        runPosition = position;
        groupStart = 0;
        groupBytes = 0;
    }

    /** Adds bytes to the run that is being written; the caller keeps ownership of them. */
    public void data(ByteBuf bytes) throws IOException {
        Checksum.update(crc, bytes, bytes.readerIndex(), bytes.readableBytes());
        dataBytes += bytes.readableBytes();
        append(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    /** Bytes of the run that is being written. */
    int runBytes() {
        return (int) (position - runPosition);
    }

    /**
     * Ends a run.
     *
     * @param appends the lengths of its appends if it has more than one and is of a stream of bytes; borrowed
     */
    public void endRun(int messages, @Nullable ByteBuf appends, long millis) throws IOException {
        runs.add(runPosition, (int) crc.getValue(), runBytes(), messages, millis);
        crc.reset();
        if (appends != null) {
            int size = appends.readableBytes();
            runs.lengths(runs.count() - 1, Checksum.of(appends, appends.readerIndex(), size), size);
            lengths.writeBytes(appends, appends.readerIndex(), size);
        }
        groupBytes += runBytes();
        if (groupBytes >= GROUP_BYTES) {
            endGroup();
        }
        runPosition = position;
    }

    private void endGroup() throws IOException {
        runs.placeLengths(groupStart, position);
        append(lengths, 0, lengths.writerIndex());
        lengthsBytes += lengths.writerIndex();
        lengths.clear();
        groupStart = runs.count();
        groupBytes = 0;
    }

    /** Ends the entry; returns the places of its runs. */
    public StoredRuns end() throws IOException {
        endGroup();
        IndexEntry.write(block, generation, meta, runs);
        if (meta != null) {
            descriptions++;
            descriptionBytes += meta.readableBytes();
        }
        blockEntries++;
        entries++;
        StoredRuns ended = runs;
        meta = null;
        if (block.writerIndex() >= BLOCK_BYTES) {
            endBlock();
        }
        return ended;
    }

    private void endBlock() throws IOException {
        if (blockEntries == 0) {
            return;
        }
        ExtentLayout.finishBlock(block, blockEntries);
        footer.writeLong(position).writeInt(block.writerIndex());
        append(block, 0, block.writerIndex());
        block.writerIndex(ExtentLayout.BLOCK_HEADER_BYTES);
        blockEntries = 0;
    }

    private void append(ByteBuf bytes, int index, int length) throws IOException {
        if (position + length > FILE_BYTES_MAX) {
            throw new IOException("an extent file would have more than " + FILE_BYTES_MAX
                    + " bytes; start the server with a smaller --checkpoint-bytes");
        }
        int written = 0;
        while (written < length) {
            int part = Math.min(length - written, buffer.writableBytes());
            buffer.writeBytes(bytes, index + written, part);
            written += part;
            if (!buffer.isWritable()) {
                flush();
            }
        }
        position += length;
    }

    private void write(ByteBuf owned) throws IOException {
        try {
            append(owned, 0, owned.writerIndex());
        } finally {
            owned.release();
        }
    }

    private void flush() throws IOException {
        file.write(buffer.nioBuffer(0, buffer.readableBytes()));
        unsynced += buffer.readableBytes();
        buffer.clear();
        if (unsynced >= SYNC_BYTES) {
            file.sync();
            unsynced = 0;
        }
    }

    /** Bytes of the file so far. */
    public long bytes() {
        return position;
    }

    public long entries() {
        return entries;
    }

    /** Entries with a description so far. */
    int descriptions() {
        return descriptions;
    }

    /** Bytes of these descriptions. */
    long descriptionBytes() {
        return descriptionBytes;
    }

    /** Bytes of runs so far. */
    public long dataBytes() {
        return dataBytes;
    }

    /** Completes the file and makes it durable. */
    public void finish() throws IOException {
        endBlock();
        long footerPosition = position;
        append(footer, 0, footer.writerIndex());
        write(ExtentLayout.writeTrailer(
                new ExtentLayout.Trailer(
                        footerPosition,
                        footer.writerIndex() / ExtentLayout.FOOTER_ENTRY_BYTES,
                        entries,
                        dataBytes,
                        (int) lengthsBytes,
                        number),
                footer));
        flush();
        file.seal();
    }

    /** Releases memory and file; may be called again. */
    @Override
    public void close() throws IOException {
        if (buffer.refCnt() == 0) {
            return;
        }
        buffer.release();
        block.release();
        footer.release();
        lengths.release();
        file.close();
    }
}
