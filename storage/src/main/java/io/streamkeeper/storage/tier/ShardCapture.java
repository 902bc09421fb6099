package io.streamkeeper.storage.tier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.FrameLayout;
import io.streamkeeper.storage.journal.LogReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One shard at a moment, while it continues to change: its extent files are held open, and its journal is copied to
 * files beside it, because the server uses its segments again. Used by the thread of the tier.
 */
final class ShardCapture implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Disk disk;
    private final Manifest manifest;
    private final SortedMap<Long, StoredObject> copied = new TreeMap<>();
    private final SortedMap<Long, ExtentFiles.Input> local = new TreeMap<>();
    private final SortedMap<Long, ExtentFiles.Input> segments = new TreeMap<>();

    private ShardCapture(Disk disk, Manifest manifest) {
        this.disk = disk;
        this.manifest = manifest;
    }

    /**
     * Captures a shard.
     *
     * @param manifest that was current before {@code lastLsn} was durable
     * @param lastLsn the last record that is captured
     * @param temporary an existing directory, for copies of the journal
     * @throws NoSuchFileException if the shard has another manifest by now, and files are gone
     */
    static ShardCapture of(Disk disk, ShardTier shard, Manifest manifest, long lastLsn, Path temporary)
            throws IOException {
        ShardCapture captured = new ShardCapture(disk, manifest);
        try {
            captured.extents(shard);
            captured.journal(DataDirectory.journal(shard.directory()), lastLsn, temporary);
            // Segments are written again after a manifest that does not need them.
            Manifest now = Manifest.read(disk, shard.directory());
            if (now.firstSegment() != manifest.firstSegment()) {
                throw new NoSuchFileException("journal segment " + manifest.firstSegment());
            }
            return captured;
        } catch (IOException | RuntimeException | Error e) {
            captured.close();
            throw e;
        }
    }

    private void extents(ShardTier shard) throws IOException {
        for (Manifest.ExtentRef extent : manifest.extents()) {
            StoredObject object = shard.objects().copies().get(extent.file());
            if (object == null) {
                local.put(extent.file(), shard.open(extent.file()));
            } else {
                copied.put(extent.file(), object);
            }
        }
    }

    // ---- journal ----

    private void journal(Path journal, long lastLsn, Path temporary) throws IOException {
        Ends ends = new Ends(lastLsn);
        LogReader.Log log = new LogReader(disk, journal, manifest.store(), manifest.shard())
                .read(manifest.firstSegment(), manifest.checkpointLsn(), ends);
        checkRoom(temporary, log);
        for (Map.Entry<Long, Long> segment : log.ends().entrySet()) {
            long number = segment.getKey();
            long end = ends.of(journal.resolve(DataDirectory.segmentName(number)), segment.getValue());
            if (ends.isAfter(number)) {
                break;
            }
            Path copy = temporary.resolve(
                    String.format(Locale.ROOT, "%03d-%s", manifest.shard(), DataDirectory.segmentName(number)));
            copy(journal.resolve(DataDirectory.segmentName(number)), copy, end);
            segments.put(number, LocalExtentFiles.open(disk, copy));
        }
    }

    /** Refuses a copy that would take the room which writes need. */
    private void checkRoom(Path temporary, LogReader.Log log) throws IOException {
        long bytes = log.ends().values().stream().mapToLong(Long::longValue).sum();
        long usable = disk.usableBytes(temporary);
        if (usable < 2 * bytes) {
            throw new DiskException(
                    DiskException.Operation.WRITE,
                    temporary,
                    "a snapshot takes " + bytes
                            + " bytes for a copy of the journal, and leaves as many, but the file system has"
                            + " room for " + usable);
        }
    }

    /** Finds the first frame after a record. */
    private static final class Ends implements LogReader.Visitor {
        private final long lastLsn;
        private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
        private @Nullable Path at;
        private long position;
        private @Nullable Path last;
        private long end;

        Ends(long lastLsn) {
            this.lastLsn = lastLsn;
        }

        @Override
        public ByteBuf buffer(int bytes) {
            if (buffer.capacity() < bytes) {
                buffer = Unpooled.buffer(bytes, bytes);
            }
            return buffer;
        }

        @Override
        public void at(Path segment, long newPosition) {
            at = segment;
            position = newPosition;
        }

        @Override
        public void frame(ByteBuf bytes, int index, FrameLayout.Header header) {
            if (last == null && header.lastLsn() > lastLsn) {
                last = at;
                end = position;
            }
        }

        /** Where the records of a segment end that are captured. */
        long of(Path segment, long whole) {
            return segment.equals(last) ? end : whole;
        }

        /** Whether a segment begins after the last record. */
        boolean isAfter(long number) {
            return last != null && DataDirectory.segmentNumber(String.valueOf(last.getFileName())) < number;
        }
    }

    private void copy(Path source, Path target, long bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (DiskFile in = disk.open(source);
                DiskFile out = disk.create(target)) {
            for (long position = 0; position < bytes; position += buffer.capacity()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - position));
                in.readFully(position, buffer);
                out.writeFully(position, buffer.flip());
            }
        }
    }

    // ---- what it has ----

    /**
     * By which it is known whether a shard has changed.
     *
     * @param ends where the captured part of each segment ends
     */
    record Content(Manifest manifest, Map<Long, Long> ends) {}

    Content content() throws IOException {
        Map<Long, Long> ends = new TreeMap<>();
        for (Map.Entry<Long, ExtentFiles.Input> segment : segments.entrySet()) {
            ends.put(segment.getKey(), segment.getValue().size());
        }
        return new Content(manifest, ends);
    }

    Manifest manifest() {
        return manifest;
    }

    /** The objects of the extent files that have one. */
    SortedMap<Long, StoredObject> copied() {
        return copied;
    }

    /** The other extent files. */
    SortedMap<Long, ExtentFiles.Input> local() {
        return local;
    }

    /** The journal segments, up to the last record that is captured. */
    SortedMap<Long, ExtentFiles.Input> segments() {
        return segments;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (SortedMap<Long, ExtentFiles.Input> files : List.of(local, segments)) {
            for (ExtentFiles.Input file : files.values()) {
                try {
                    file.close();
                } catch (IOException e) {
                    failure = e;
                }
            }
            files.clear();
        }
        if (failure != null) {
            throw failure;
        }
    }
}
