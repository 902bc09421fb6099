package io.streamkeeper.storage.version1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentLayout;
import io.streamkeeper.storage.extent.IndexEntry;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.FrameLayout;
import io.streamkeeper.storage.journal.LogReader;
import io.streamkeeper.storage.stream.StoredRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The streams of one shard of version 1, read from its files. Changes nothing. Used by one thread; it may block. */
public final class OldShard implements AutoCloseable {
    private static final int VERSION = 1;

    /** Runs of a stream in one file. */
    private record Span(OldFile file, StoredRuns runs) {}

    private static final class Found {
        OldRecord.@Nullable Description description;
        final List<Span> spans = new ArrayList<>(1);
    }

    private final Disk disk;
    private final Path directory;
    private final Manifest manifest;
    private final OldCodec codec = new OldCodec();
    private final List<OldFile> files = new ArrayList<>();
    private final Map<Long, OldStream> streams = new HashMap<>();
    private long lastLsn;
    private long highestSegment;

    private OldShard(Disk disk, Path directory, Manifest manifest) {
        this.disk = disk;
        this.directory = directory;
        this.manifest = manifest;
        this.lastLsn = manifest.checkpointLsn();
    }

    /**
     * Reads the shard in {@code directory}.
     *
     * @throws DamagedFileException if a file is damaged
     */
    public static OldShard read(Disk disk, Path directory, Manifest manifest) throws IOException {
        OldShard shard = new OldShard(disk, directory, manifest);
        shard.readExtents();
        LogReader.Log log = new LogReader(
                        disk, DataDirectory.journal(directory), manifest.store(), manifest.shard(), VERSION)
                .read(manifest.firstSegment(), manifest.checkpointLsn(), shard.new Replay());
        shard.lastLsn = Math.max(shard.lastLsn, log.lastLsn());
        shard.highestSegment = Math.max(log.highestNumber(), manifest.firstSegment());
        return shard;
    }

    public Manifest manifest() {
        return manifest;
    }

    public Path directory() {
        return directory;
    }

    /** All streams, including deleted ones. */
    public Collection<OldStream> streams() {
        return streams.values();
    }

    /** The last log sequence number that anything refers to. */
    public long lastLsn() {
        return lastLsn;
    }

    /** No journal segment has a higher number. */
    public long highestSegment() {
        return highestSegment;
    }

    private OldFile file(Path path) {
        OldFile file = new OldFile(disk, path);
        files.add(file);
        return file;
    }

    // ---- extents ----

    private void readExtents() throws IOException {
        Map<Long, Found> found = new HashMap<>();
        ExtentFiles extents = LocalExtentFiles.of(disk, directory);
        for (Manifest.ExtentRef ref : manifest.extents()) {
            Path path = DataDirectory.extents(directory).resolve(ExtentLayout.name(ref.file()));
            if (!disk.exists(path)) {
                throw new IOException("extent file " + path + " is missing, which the manifest names; put it back, or"
                        + " restore the data directory from a backup");
            }
            ExtentFile extent =
                    ExtentFile.openVersion(VERSION, extents, ref.file(), manifest.shard(), manifest.store());
            try {
                if (extent.bytes() != ref.bytes()) {
                    throw new DamagedFileException(
                            path, extent.bytes(), "the file ends here, expected " + ref.bytes() + " bytes");
                }
                readIndex(extent, file(path), found);
            } finally {
                extent.release();
            }
        }
        for (Map.Entry<Long, Found> entry : found.entrySet()) {
            streams.put(entry.getKey(), build(entry.getKey(), entry.getValue()));
        }
    }

    private void readIndex(ExtentFile extent, OldFile file, Map<Long, Found> found) throws IOException {
        ExtentFile.Cursor cursor = extent.entries();
        for (IndexEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
            Found stream = found.computeIfAbsent(entry.generation(), generation -> new Found());
            if (entry.runCount() > 0) {
                stream.spans.add(new Span(file, entry.runs()));
            }
            ByteBuf meta = entry.meta();
            if (meta != null
                    && (stream.description == null || OldCodec.lastLsnOf(meta) > stream.description.lastLsn())) {
                try {
                    stream.description = codec.readDescription(meta, entry.generation());
                } catch (RuntimeException e) {
                    throw new DamagedFileException(
                            file.path(),
                            0,
                            "the description of stream " + entry.generation() + " cannot be read: " + e);
                }
            }
        }
    }

    private OldStream build(long generation, Found found) throws IOException {
        OldRecord.Description description = found.description;
        if (description == null) {
            throw new DamagedFileException(
                    found.spans.get(0).file().path(),
                    0,
                    "there are runs of stream " + generation + ", but no file describes it");
        }
        OldStream stream = new OldStream(manifest.shard(), description);
        found.spans.sort(Comparator.comparingLong(span -> span.runs().start()));
        stream.found(
                found.spans.stream()
                        .map(span -> pieces(span, stream.created().contentType().isJson()))
                        .toList(),
                found.spans.stream().map(span -> span.runs().messagesBefore()).toList());
        return stream;
    }

    private static List<OldStream.Piece> pieces(Span span, boolean json) {
        StoredRuns runs = span.runs();
        List<OldStream.Piece> pieces = new ArrayList<>(runs.count());
        for (int run = 0; run < runs.count(); run++) {
            pieces.add(new OldStream.Piece(
                    span.file(),
                    runs.start(run),
                    runs.position(run),
                    runs.bytes(run),
                    json ? runs.messages(run) : 1,
                    runs.millis(run),
                    runs.checksum(run)));
        }
        return pieces;
    }

    // ---- journal ----

    private final class Replay implements LogReader.Visitor {
        private @Nullable OldFile segment;
        private long position;

        @Override
        public ByteBuf buffer(int bytes) {
            return Unpooled.buffer(bytes, bytes);
        }

        @Override
        public void at(Path file, long framePosition) {
            if (segment == null || !segment.path().equals(file)) {
                segment = file(file);
            }
            position = framePosition;
        }

        @Override
        public void frame(ByteBuf buffer, int index, FrameLayout.Header header) throws IOException {
            ByteBuf frame = buffer.slice(index, header.length());
            frame.readerIndex(FrameLayout.HEADER_BYTES);
            long lsn = header.firstLsn();
            try {
                for (int i = 0; i < header.count(); i++) {
                    OldCodec.Read read = codec.read(frame);
                    if (lsn > manifest.checkpointLsn()) {
                        apply(read, lsn);
                    }
                    lsn++;
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IOException(
                        "journal of " + directory + ": record " + lsn + " cannot be applied: " + e.getMessage()
                                + "; nothing was changed. Restore the data directory from a backup",
                        e);
            }
        }

        private void apply(OldCodec.Read read, long lsn) {
            OldRecord record = read.record();
            OldStream stream = streams.get(record.generation());
            if (stream != null && lsn <= stream.lastLsn()) {
                return;
            }
            long millis = 0;
            if (record instanceof OldRecord.Created created) {
                stream = new OldStream(manifest.shard(), created);
                streams.put(record.generation(), stream);
                millis = created.atMillis();
            } else if (stream == null) {
                throw new IllegalArgumentException(
                        "it is about stream " + record.generation() + ", which is not known");
            } else {
                stream.apply(record);
                millis = record instanceof OldRecord.Appended appended ? appended.atMillis() : 0;
            }
            stream.append(segmentFile(), position + read.payload(), read.runs(), millis);
            stream.lastLsn(lsn);
        }

        private OldFile segmentFile() {
            if (segment == null) {
                throw new IllegalStateException("a frame was read of no file");
            }
            return segment;
        }
    }

    @Override
    public void close() throws IOException {
        for (OldFile file : files) {
            file.close();
        }
    }
}
