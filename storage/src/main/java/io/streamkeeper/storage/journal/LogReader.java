package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal's frames in order, and finds where they end. Used by one thread, at the start and by the tools; it
 * may block.
 *
 * <p>In every segment but the last, intact frames must follow each other up to the end that the next segment's header
 * states. In the last, the first frame that cannot be read is the end: it was being written when the process or the
 * machine stopped, and was not acknowledged. If a later frame says that the segment was durable beyond it, it is damage
 * instead (I10).
 */
public final class LogReader {
    private static final int BUFFER_BYTES = 1 << 20;

    /** Longer than any frame can be. */
    private static final int FRAME_BYTES_MAX = 1 << 30;

    /** Receives the frames. */
    public interface Visitor {
        /** Memory for frames: at least {@code bytes} long, owned by the visitor. */
        ByteBuf buffer(int bytes);

        /** A frame, whose records begin {@link FrameLayout#HEADER_BYTES} after {@code index}. */
        void frame(ByteBuf buffer, int index, FrameLayout.Header header) throws IOException;

        /** The place of the frame that the next call of {@link #frame} passes. */
        default void at(Path segment, long position) {}
    }

    /**
     * The state of a journal, as it was read.
     *
     * @param last the number of the last segment that was begun, or 0
     * @param end the position at which its frames end
     * @param proven the position up to which the last segment was durable according to its frames, or 0
     * @param lastLsn the lsn of the last record; if no record was read, the last lsn before the segments
     * @param kept the segments that were begun, with the last log sequence number before each
     * @param ends the position at which the frames of each of them end
     * @param unused segment files that were never begun
     * @param highestNumber the highest number of any segment file
     */
    public record Log(
            long last,
            long end,
            long proven,
            long lastLsn,
            Map<Long, Long> kept,
            Map<Long, Long> ends,
            List<Path> unused,
            long highestNumber) {}

    private record Found(Path file, long number, SegmentLayout.@Nullable Header header) {}

    private final Disk disk;
    private final Path directory;
    private final UUID store;
    private final int shard;
    private final int version;

    /** A reader of segments of the current version. */
    public LogReader(Disk disk, Path directory, UUID store, int shard) {
        this(disk, directory, store, shard, SegmentLayout.VERSION);
    }

    /** A reader of segments of {@code version}. */
    public LogReader(Disk disk, Path directory, UUID store, int shard, int version) {
        this.version = version;
        this.disk = disk;
        this.directory = directory;
        this.store = store;
        this.shard = shard;
    }

    /**
     * Reads all frames of the segments from {@code first} on; earlier ones are leftovers and are ignored.
     *
     * @param checkpointLsn the segments must hold every record after this one
     * @throws DamagedFileException if a frame that was durable cannot be read, or a segment is missing
     */
    public Log read(long first, long checkpointLsn, Visitor visitor) throws IOException {
        List<Found> begun = new ArrayList<>();
        List<Path> unused = new ArrayList<>();
        long highest = 0;
        for (long number : Segments.numbers(disk, directory)) {
            highest = Math.max(highest, number);
            if (number >= first) {
                Found found = open(number);
                if (found.header() == null) {
                    unused.add(found.file());
                } else {
                    begun.add(found);
                }
            }
        }
        checkChain(first, checkpointLsn, begun, unused);
        Map<Long, Long> kept = new TreeMap<>();
        Map<Long, Long> ends = new TreeMap<>();
        long end = 0;
        long proven = 0;
        long lastLsn = 0;
        for (int i = 0; i < begun.size(); i++) {
            Found segment = begun.get(i);
            SegmentLayout.Header header = headerOf(segment);
            kept.put(segment.number(), header.lastLsn());
            lastLsn = Math.max(lastLsn, header.lastLsn());
            long until = i + 1 < begun.size() ? headerOf(begun.get(i + 1)).previousEnd() : -1;
            Walk walk = new Walk(segment, until, lastLsn, visitor);
            walk.run();
            end = walk.position;
            proven = walk.proven;
            ends.put(segment.number(), end);
            lastLsn = walk.lastLsn;
        }
        long last = begun.isEmpty() ? 0 : begun.get(begun.size() - 1).number();
        return new Log(last, end, proven, lastLsn, kept, ends, unused, highest);
    }

    /**
     * Makes durable the records that were read, and cuts the last segment off after its last frame. A killed process
     * may not have synced what it wrote; but from now on readers see it, and files rely on it. It is written again,
     * because after a failed sync the kernel may treat pages as clean that never reached the disk.
     */
    public void cut(Log log) throws IOException {
        if (log.last() == 0) {
            return;
        }
        try (DiskFile file = disk.open(directory.resolve(DataDirectory.segmentName(log.last())))) {
            long size = file.size();
            if (size > log.end()) {
                file.truncate(log.end());
            }
            rewrite(file, log.proven(), Math.min(size, log.end()));
            if (size < log.end()) {
                // The padding of the last frame may be missing at the end of a file, and nothing else.
                file.writeFully(size, ByteBuffer.allocateDirect((int) (log.end() - size)));
            }
            file.sync();
        }
    }

    private static void rewrite(DiskFile file, long from, long to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, Math.max(0, to - from)));
        for (long position = from; position < to; position += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - position));
            file.readFully(position, buffer);
            file.writeFully(position, buffer.flip());
        }
    }

    /** Reads all readable frames of one segment and returns its header; null if it was not begun. */
    public static SegmentLayout.@Nullable Header readSegment(Disk disk, Path path, Visitor visitor) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SegmentLayout.HEADER_BYTES);
        try (DiskFile file = disk.open(path)) {
            if (file.size() < SegmentLayout.HEADER_BYTES_MIN) {
                return null;
            }
            bytes.limit((int) Math.min(file.size(), SegmentLayout.HEADER_BYTES));
            file.readFully(0, bytes);
        }
        SegmentLayout.Header header = SegmentLayout.read(bytes.flip());
        if (header != null) {
            LogReader reader = new LogReader(disk, path, header.store(), header.shard());
            reader.new Walk(new Found(path, header.number(), header), -1, header.lastLsn(), visitor).run();
        }
        return header;
    }

    private static SegmentLayout.Header headerOf(Found segment) {
        if (segment.header() == null) {
            throw new IllegalStateException(segment.file() + " has no header");
        }
        return segment.header();
    }

    private Found open(long number) throws IOException {
        Path path = directory.resolve(DataDirectory.segmentName(number));
        try (DiskFile file = disk.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate(SegmentLayout.HEADER_BYTES);
            boolean there = file.size() >= SegmentLayout.HEADER_BYTES_MIN;
            SegmentLayout.Header header = there ? header(file, bytes) : null;
            if (header == null || header.number() != number) {
                // A running server may have begun the segment since.
                boolean begun = there && hasFrame(file, number);
                header = begun ? header(file, bytes) : null;
                if (begun && (header == null || header.number() != number)) {
                    throw new DamagedFileException(
                            path, 0, "the segment's header cannot be read, but frames follow it");
                }
            }
            if (header != null) {
                check(path, header);
            }
            return new Found(path, number, header);
        }
    }

    private static SegmentLayout.@Nullable Header header(DiskFile file, ByteBuffer bytes) throws IOException {
        bytes.clear().limit((int) Math.min(file.size(), SegmentLayout.HEADER_BYTES));
        file.readFully(0, bytes);
        return SegmentLayout.read(bytes.flip());
    }

    /**
     * Whether the segment's first frame begins after its header; that place cannot contain payload bytes. Without the
     * header's salt, the frame's checksum cannot be checked.
     */
    private boolean hasFrame(DiskFile file, long number) throws IOException {
        int at = version == 1 ? SegmentLayout.HEADER_BYTES_MIN : SegmentLayout.HEADER_BYTES;
        if (file.size() < at + FrameLayout.HEADER_BYTES) {
            return false;
        }
        ByteBuf header = Unpooled.buffer(FrameLayout.HEADER_BYTES);
        file.readFully(at, header.nioBuffer(0, FrameLayout.HEADER_BYTES));
        return FrameLayout.begins(header, 0, number);
    }

    private void check(Path path, SegmentLayout.Header header) throws IOException {
        if (header.version() != version) {
            throw new IOException(path + " has format version " + header.version() + ", expected " + version
                    + "; it was written by another version of the server, which is to be used");
        }
        if (!header.store().equals(store) || header.shard() != shard) {
            throw new IOException(path + " belongs to shard " + header.shard() + " of store " + header.store()
                    + ", expected shard " + shard + " of store " + store + "; put the file back where it came from");
        }
    }

    /**
     * Each segment must name the one before it, and the first must begin at the end of the checkpoint or before. A
     * journal without any file is lost: even before the first record a journal has one.
     */
    private void checkChain(long first, long checkpointLsn, List<Found> begun, List<Path> unused) throws IOException {
        boolean lost = begun.isEmpty() ? unused.isEmpty() || checkpointLsn > 0 : isLate(begun.get(0), checkpointLsn);
        if (lost) {
            throw missing(first);
        }
        for (int i = 1; i < begun.size(); i++) {
            if (headerOf(begun.get(i)).previous() != begun.get(i - 1).number()) {
                throw missing(headerOf(begun.get(i)).previous());
            }
        }
    }

    private static boolean isLate(Found segment, long checkpointLsn) {
        return headerOf(segment).lastLsn() > checkpointLsn;
    }

    private IOException missing(long number) {
        return new IOException("journal segment " + directory.resolve(DataDirectory.segmentName(number))
                + " is missing, which holds records that no extent has; put it back, or restore the data directory from"
                + " a backup");
    }

    /** Whether a frame after {@code position} says that the segment was durable beyond it. */
    private static boolean isDurableBeyond(DiskFile file, SegmentLayout.Header segment, long position)
            throws IOException {
        long size = file.size();
        ByteBuf window = Unpooled.buffer(BUFFER_BYTES);
        long at = (position + FrameLayout.ALIGNMENT - 1) & -FrameLayout.ALIGNMENT;
        while (at + FrameLayout.HEADER_BYTES <= size) {
            int bytes = (int) Math.min(BUFFER_BYTES, size - at);
            file.readFully(at, window.nioBuffer(0, bytes));
            for (int i = 0; i + FrameLayout.HEADER_BYTES <= bytes; i += FrameLayout.ALIGNMENT) {
                if (FrameLayout.begins(window, i, segment.number())
                        && FrameLayout.readHeader(window, i).durable() > position
                        && isIntact(
                                file, at + i, FrameLayout.readHeader(window, i).length(), segment.salt())) {
                    return true;
                }
            }
            at += Math.max(FrameLayout.ALIGNMENT, bytes - FrameLayout.HEADER_BYTES & -FrameLayout.ALIGNMENT);
        }
        return false;
    }

    private static boolean isIntact(DiskFile file, long position, int length, long salt) throws IOException {
        if (length < FrameLayout.HEADER_BYTES || length > FRAME_BYTES_MAX || position + length > file.size()) {
            return false;
        }
        ByteBuf frame = Unpooled.buffer(length);
        file.readFully(position, frame.nioBuffer(0, length));
        return FrameLayout.isIntact(frame, 0, length, salt, position);
    }

    /** Reads the frames of one segment in order. */
    private final class Walk {
        private final Found segment;
        private final long until;
        private final Visitor visitor;
        private final long salt;
        private long position;
        private long proven;
        private long lastLsn;

        /** Reads up to {@code until}, or, if that is negative, up to the last readable frame. */
        Walk(Found segment, long until, long lastLsn, Visitor visitor) {
            this.segment = segment;
            this.until = until;
            this.salt = headerOf(segment).salt();
            this.position = headerOf(segment).bytes();
            this.lastLsn = lastLsn;
            this.visitor = visitor;
        }

        void run() throws IOException {
            try (DiskFile file = disk.open(segment.file())) {
                long size = until < 0 ? file.size() : until;
                while (position < size) {
                    if (!readSome(file, size) && (isEnd(file) || !goesOn(file, size))) {
                        return;
                    }
                }
            }
        }

        /** Reads a buffer's worth of frames; returns false where one cannot be read. */
        private boolean readSome(DiskFile file, long size) throws IOException {
            int length = nextLength(file, size);
            if (length < 0) {
                return false;
            }
            ByteBuf buffer = visitor.buffer((int) Math.max(length, Math.min(BUFFER_BYTES, size - position)));
            int bytes = (int) Math.min(buffer.capacity(), size - position);
            file.readFully(position, buffer.nioBuffer(0, bytes));
            int index = 0;
            while (index + FrameLayout.HEADER_BYTES <= bytes) {
                if (!FrameLayout.begins(buffer, index, segment.number())) {
                    return false;
                }
                FrameLayout.Header header = FrameLayout.readHeader(buffer, index);
                if (!isPlausible(header, size)) {
                    return false;
                }
                if (index + header.length() > bytes) {
                    return index > 0;
                }
                if (!FrameLayout.isIntact(buffer, index, header.length(), salt, position)) {
                    return false;
                }
                visitor.at(segment.file(), position);
                visitor.frame(buffer, index, header);
                lastLsn = header.lastLsn();
                proven = Math.max(proven, header.durable());
                position += FrameLayout.paddedBytes(header.length());
                index += FrameLayout.paddedBytes(header.length());
            }
            return index > 0;
        }

        private boolean isPlausible(FrameLayout.Header header, long size) {
            return header.length() >= FrameLayout.HEADER_BYTES
                    && header.length() <= FRAME_BYTES_MAX
                    && position + header.length() <= size
                    && header.count() > 0
                    && header.firstLsn() > lastLsn;
        }

        private int nextLength(DiskFile file, long size) throws IOException {
            if (position + FrameLayout.HEADER_BYTES > size) {
                return -1;
            }
            ByteBuf header = Unpooled.buffer(FrameLayout.HEADER_BYTES);
            file.readFully(position, header.nioBuffer(0, FrameLayout.HEADER_BYTES));
            if (!FrameLayout.begins(header, 0, segment.number())) {
                return -1;
            }
            FrameLayout.Header next = FrameLayout.readHeader(header, 0);
            return isPlausible(next, size) ? next.length() : -1;
        }

        /** Called where no frame can be read: returns whether this is the end of the last segment. */
        private boolean isEnd(DiskFile file) throws IOException {
            if (until >= 0) {
                throw new DamagedFileException(
                        segment.file(), position, "no frame can be read, expected frames up to " + until);
            }
            return !isDurableBeyond(file, headerOf(segment), position);
        }

        /**
         * Reads the frame again, because a server may be writing while its journal is verified or copied: later frames
         * say that the frame is complete. If it still cannot be read, it is damaged.
         */
        private boolean goesOn(DiskFile file, long size) throws IOException {
            long before = position;
            boolean more = readSome(file, size);
            if (position == before) {
                throw new DamagedFileException(
                        segment.file(), position, "a frame cannot be read that later ones say was durable");
            }
            return more || position < size;
        }
    }
}
