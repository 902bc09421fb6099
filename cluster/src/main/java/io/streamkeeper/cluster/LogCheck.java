package io.streamkeeper.cluster;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the whole log before Ratis does, which would hang, or skip what it cannot read. The end of the last segment is
 * cut if it is torn; any other damage is refused (I10).
 *
 * <p>Each entry is synced before the next is written, so at most one is torn: the last one. It was not synced, so this
 * member has not reported it, and it counts for no majority. Bytes that are no entry, with an entry after them, are
 * damage.
 *
 * <p>The last segment is written again and synced: Ratis takes all that it reads for durable, but what a killed process
 * wrote, or one whose sync failed, may be in the memory of the kernel only. Also the names of the files are synced, and
 * a segment that was complete gets its name if the power failed before.
 */
final class LogCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LogCheck.class);
    private static final int COPY_BYTES = 1 << 20;

    private final Disk disk;
    private final Path directory;
    private final LogPosition start;
    private final String member;
    private final boolean repairs;
    private long firstIndex = -1;
    private LogPosition last = LogPosition.BEGIN;
    private @Nullable LogPosition atStart;

    private LogCheck(Disk disk, Path directory, LogPosition start, String member, boolean repairs) {
        this.repairs = repairs;
        this.disk = disk;
        this.directory = directory;
        this.start = start;
        this.member = member;
    }

    /**
     * Checks the log in a directory, and that {@code start} is a place in it.
     *
     * @return its last entry
     * @throws DamagedLogException if the log does not contain what was written
     * @throws IOException if the log cannot be read, or the start is no place in it
     */
    static LogPosition run(Disk disk, Path directory, LogPosition start, String member) throws IOException {
        LogCheck check = new LogCheck(disk, directory, start, member, true);
        check.run();
        return check.last;
    }

    /** The same, but changes nothing: a torn end is not cut, and does not count. */
    static LogPosition look(Disk disk, Path directory, LogPosition start, String member) throws IOException {
        LogCheck check = new LogCheck(disk, directory, start, member, false);
        check.run();
        return check.last;
    }

    private void run() throws IOException {
        List<SegmentFile> segments = SegmentFile.list(disk, directory);
        for (int each = 0; each < segments.size(); each++) {
            boolean isLast = each == segments.size() - 1;
            check(segments.get(each), isLast);
        }
        requireStart();
    }

    private void check(SegmentFile segment, boolean isLast) throws IOException {
        if (firstIndex < 0) {
            firstIndex = segment.first();
        } else if (segment.first() != last.index() + 1) {
            throw damage(segment, 0, "it begins with index " + segment.first() + ", expected " + (last.index() + 1));
        }
        long end;
        try (DiskFile file = disk.open(segment.file())) {
            end = read(segment, file, isLast && segment.isOpen());
            if (repairs && segment.isOpen() && isLast) {
                copy(segment, file, end);
            }
        }
        if (repairs && segment.isOpen() && !isLast) {
            Path complete = directory.resolve("log_" + segment.first() + "-" + last.index());
            LOG.info("The segment {} is complete, and gets the name {}", segment.file(), complete.getFileName());
            disk.replace(segment.file(), complete);
        }
        if (repairs && isLast) {
            disk.syncDirectory(directory);
        }
    }

    /** Reads all entries; returns the position after the last one. */
    private long read(SegmentFile segment, DiskFile file, boolean mayBeTorn) throws IOException {
        SegmentReader reader = new SegmentReader(file);
        if (!reader.hasHeader()) {
            if (mayBeTorn && reader.isAtEnd()) {
                return 0;
            }
            throw damage(segment, 0, "it does not begin with the header of a log");
        }
        long index = segment.first();
        for (SegmentReader.Entry entry = reader.next(); entry != null; entry = reader.next()) {
            LogPosition at = entry.at();
            if (at.index() != index || at.term() < last.term()) {
                throw damage(
                        segment,
                        reader.position() - entry.bytes(),
                        "it has the entry " + at + " after " + last + ", expected index " + index);
            }
            last = at;
            index++;
            if (at.index() == start.index()) {
                atStart = at;
            }
        }
        requireEnd(segment, reader, mayBeTorn);
        if (!segment.isOpen() && last.index() != segment.end()) {
            throw damage(segment, reader.position(), "its last entry has index " + last.index());
        }
        return reader.position();
    }

    private void requireEnd(SegmentFile segment, SegmentReader reader, boolean mayBeTorn) throws IOException {
        long rest = reader.lengthOfRest();
        if (rest == 0) {
            return;
        }
        boolean isTorn = mayBeTorn && rest <= SegmentReader.ENTRY_BYTES_MAX && !reader.hasEntryInRest(last, (int) rest);
        if (!isTorn) {
            throw damage(
                    segment,
                    reader.position(),
                    "its " + rest + " bytes from there on are no entry; expected index " + (last.index() + 1)
                            + " with its checksum");
        }
        if (!repairs) {
            return;
        }
        LOG.warn(
                "The end of {} is torn, as by a power cut: {} bytes from byte {} on are cut, of an entry that this"
                        + " member has not reported",
                segment.file(),
                rest,
                reader.position());
    }

    /** Writes the first bytes of a segment again, and syncs them. */
    private void copy(SegmentFile segment, DiskFile from, long bytes) throws IOException {
        Path temporary = directory.resolve(segment.file().getFileName() + ".tmp");
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        if (bytes <= SegmentReader.HEADER.length) {
            disk.delete(segment.file());
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
        try (DiskFile to = disk.create(temporary)) {
            for (long at = 0; at < bytes; at += buffer.limit()) {
                buffer.clear().limit((int) Math.min(COPY_BYTES, bytes - at));
                from.readFully(at, buffer);
                to.writeFully(at, buffer.flip());
            }
            to.sync();
        }
        disk.replace(temporary, segment.file());
    }

    private void requireStart() throws IOException {
        LogPosition found = atStart;
        if (found != null && !found.equals(start)) {
            throw new IOException("the state of member " + member + " ends at " + start + ", where its log has " + found
                    + "; the state and " + directory + " are not of the same member");
        }
        if (firstIndex > start.index() + 1) {
            throw new IOException("the state of member " + member + " ends at " + start + ", and its log in "
                    + directory + " begins at index " + firstIndex
                    + ": entries between them are missing; the state is too old for it");
        }
    }

    private DamagedLogException damage(SegmentFile segment, long position, String what) {
        return new DamagedLogException(segment.file(), position, what, member);
    }
}
