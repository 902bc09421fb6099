package io.streamkeeper.storage.tool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentWriter;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.extent.RunJoiner;
import io.streamkeeper.storage.journal.Segments;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.version1.OldShard;
import io.streamkeeper.storage.version1.OldStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the streams of one shard of version 1 as extents of the current version, together with a manifest and an empty
 * journal, which are valid after {@link #complete}. Used by one thread, which may block.
 */
final class ShardConversion implements AutoCloseable {
    /** A file that has more bytes than this is complete; the next data goes into another file. */
    private static final long FILE_BYTES_MAX = 1L << 30;

    private static final String CONVERTED = ".new";

    private final Disk disk;
    private final DataDirectory data;
    private final OldShard from;
    private final int shard;
    private final Path directory;
    private final List<Manifest.ExtentRef> extents = new ArrayList<>();
    private final ExtentFiles files;
    private long nextFile;
    private long lastGeneration;
    private @Nullable ExtentWriter writer;

    ShardConversion(Disk disk, DataDirectory data, OldShard from) {
        this.disk = disk;
        this.data = data;
        this.from = from;
        this.shard = from.manifest().shard();
        this.directory = data.shard(shard);
        this.files = LocalExtentFiles.of(disk, directory);
        this.nextFile = from.manifest().nextFile();
    }

    void begin() throws IOException {
        disk.createDirectories(DataDirectory.journal(directory));
        disk.createDirectories(DataDirectory.extents(directory));
    }

    private ExtentWriter writer() throws IOException {
        if (writer == null) {
            writer = new ExtentWriter(files, nextFile, shard, data.store(), 1);
            nextFile++;
        }
        return writer;
    }

    private void deleteIfThere(Path file) throws IOException {
        if (disk.exists(file)) {
            disk.delete(file);
        }
    }

    /** Adds a stream; called in the order of the new generations. */
    void add(OldStream stream, StreamMeta meta) throws IOException {
        long generation = meta.created().generation();
        RunLimits limits = RunLimits.of(meta.created().config().retention());
        boolean json = meta.created().config().contentType().isJson();
        boolean timed = limits.millisMax() != Long.MAX_VALUE;
        long messages = stream.messagesBefore();
        lastGeneration = generation;
        writer().begin(generation, meta.encode(), stream.contentStart(), messages, timed);
        RunJoiner joiner = new RunJoiner(writer(), json, limits.equals(RunLimits.ANY));
        for (OldStream.Piece piece : stream.pieces()) {
            if (writer().bytes() > FILE_BYTES_MAX) {
                joiner.end();
                writer().end();
                finishFile();
                writer().begin(generation, null, piece.start(), messages, timed);
                joiner = new RunJoiner(writer(), json, limits.equals(RunLimits.ANY));
            }
            joiner.add(read(piece), piece.messages(), null, piece.millis());
            messages += piece.messages();
        }
        joiner.end();
        writer().end();
        if (writer().bytes() > FILE_BYTES_MAX) {
            finishFile();
        }
    }

    private static ByteBuf read(OldStream.Piece piece) throws IOException {
        ByteBuf bytes = Unpooled.buffer(piece.bytes(), piece.bytes());
        piece.file().read(piece.position(), bytes.nioBuffer(0, piece.bytes()));
        Integer checksum = piece.checksum();
        if (checksum != null && Checksum.of(bytes, 0, piece.bytes()) != checksum) {
            throw new DamagedFileException(
                    piece.file().path(),
                    piece.position(),
                    "the checksum of " + piece.bytes() + " bytes does not match");
        }
        return bytes.writerIndex(piece.bytes());
    }

    private void finishFile() throws IOException {
        ExtentWriter full = writer;
        if (full != null) {
            full.finish();
            extents.add(new Manifest.ExtentRef(nextFile - 1, full.bytes()));
            full.close();
            writer = null;
        }
    }

    /** Makes the files durable; called after all streams are added. */
    void finish() throws IOException {
        finishFile();
        long segment = from.highestSegment() + 1;
        Path journal = DataDirectory.journal(directory);
        Path file = journal.resolve(DataDirectory.segmentName(segment) + CONVERTED);
        deleteIfThere(file);
        Segments.writeEmpty(disk, file, data.store(), shard, segment, from.lastLsn());
        disk.syncDirectory(journal);
        new Manifest(data.store(), shard, from.lastLsn(), segment, lastGeneration, nextFile, extents)
                .writeConverted(disk, directory);
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }

    /**
     * Makes the new files of a shard valid, unless this was done before; the start removes the files that are no longer
     * valid.
     */
    static void complete(Disk disk, Path directory) throws IOException {
        if (!Manifest.hasConverted(disk, directory)) {
            return;
        }
        Path journal = DataDirectory.journal(directory);
        for (String name : disk.list(journal)) {
            if (name.endsWith(CONVERTED)) {
                String converted = name.substring(0, name.length() - CONVERTED.length());
                disk.rename(journal.resolve(name), journal.resolve(converted));
            }
        }
        disk.syncDirectory(journal);
        Manifest.adoptConverted(disk, directory);
    }

    /** Removes a shard's directory of version 1; its manifest last, because the directory is recognised by it. */
    static void remove(Disk disk, Path directory) throws IOException {
        for (Path files : List.of(DataDirectory.journal(directory), DataDirectory.extents(directory))) {
            if (disk.exists(files)) {
                for (String name : disk.list(files)) {
                    disk.delete(files.resolve(name));
                }
                disk.delete(files);
            }
        }
        disk.delete(Manifest.in(directory));
        if (disk.list(directory).isEmpty()) {
            disk.delete(directory);
        }
    }
}
