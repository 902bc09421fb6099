package io.streamkeeper.storage.journal;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.Obstacle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment files of one journal: it prepares the next one before it is needed, keeps those whose records are still
 * needed, and reuses the others. Safe for use by the journal's and the background thread, which may wait for the disk
 * and each other here.
 *
 * <p>A file is filled with zeros before its first use, or is reused, so that a commit changes bytes and no metadata of
 * the file system. A name is never used twice, and files that existed at the start are never written to.
 */
public final class Segments {
    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);
    private static final int FILL_BYTES = 1 << 20;
    private static final long SHORT_BYTES_MAX = 64 << 10;

    /** The number of short segments that fit into the room left for them and for the checkpoint after them. */
    private static final int SHORT_SEGMENTS = 16;

    private final Disk disk;
    private final Path directory;
    private final long segmentBytes;
    private final long first;
    private final Executor background;

    /** Segments in use by number, each with the last log sequence number before it. */
    private final ConcurrentSkipListMap<Long, Long> lsnBefore = new ConcurrentSkipListMap<>();

    private final Deque<Path> spares = new ArrayDeque<>();
    private @Nullable DiskFile next;
    private long nextNumber;
    private boolean closed;

    /** Whether it was logged that the next segment cannot be prepared; reset when one can be. */
    private volatile boolean unready;

    /**
     * The segments of {@code directory}.
     *
     * @param segmentBytes the size of a segment
     * @param first the first segment that a start currently reads
     * @param nextNumber greater than the number of any existing file
     * @param background prepares the next segment as soon as one was taken
     * @param kept those that are still needed, with the last log sequence number before each
     */
    Segments(
            Disk disk,
            Path directory,
            long segmentBytes,
            long first,
            long nextNumber,
            Map<Long, Long> kept,
            Executor background) {
        this.first = first;
        this.background = background;
        this.disk = disk;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.nextNumber = nextNumber;
        lsnBefore.putAll(kept);
    }

    /** The numbers of all segment files in {@code directory}, in order. */
    public static List<Long> numbers(Disk disk, Path directory) throws IOException {
        return disk.list(directory).stream()
                .map(DataDirectory::segmentNumber)
                .filter(number -> number >= 0)
                .sorted()
                .toList();
    }

    /**
     * Creates a segment without frames and without a predecessor: a journal that continues after record {@code
     * lastLsn}. Its content is durable, its name is not yet.
     */
    public static void writeEmpty(Disk disk, Path file, UUID store, int shard, long number, long lastLsn)
            throws IOException {
        try (DiskFile made = disk.create(file)) {
            made.writeFully(
                    0,
                    SegmentLayout.write(new SegmentLayout.Header(
                            SegmentLayout.VERSION, shard, store, number, 0, 0, lastLsn, salt(disk))));
            made.sync();
        }
    }

    /** The salt of a segment that is begun. */
    long salt() {
        return salt(disk);
    }

    /** Never 0, which means no salt. */
    private static long salt(Disk disk) {
        long salt = disk.salt();
        return salt == 0 ? 1 : salt;
    }

    long segmentBytes() {
        return segmentBytes;
    }

    /** Prepares the next segment, unless it is ready. */
    private synchronized void prepare() throws IOException {
        if (next == null && !closed) {
            next = make(directory.resolve(DataDirectory.segmentName(nextNumber)));
            unready = false;
        }
    }

    /**
     * Prepares the next segment. A failure in the background is only logged; when the segment is needed, it is prepared
     * again, and a failure then refuses the records.
     *
     * @return whether it is ready
     */
    boolean prepareAhead() {
        try {
            prepare();
            return true;
        } catch (IOException | OutOfMemoryError e) {
            if (!unready) {
                LOG.warn("the next journal segment cannot be prepared yet: {}", e.getMessage());
            }
            unready = true;
            return false;
        }
    }

    /**
     * Creates a segment, which is not part of the journal until it is begun. So any failure, also of its sync, leaves
     * only a file that is removed, now or by the next attempt.
     */
    private DiskFile make(Path file) throws IOException {
        Path spare = spares.poll();
        try {
            if (disk.exists(file)) {
                disk.delete(file);
            }
            return spare == null ? create(file, segmentBytes, keptBytes()) : reuse(spare, file);
        } catch (IOException | RuntimeException | Error e) {
            discard(file, e);
            if (spare != null) {
                discard(spare, e);
            }
            throw e;
        }
    }

    private DiskFile reuse(Path spare, Path file) throws IOException {
        disk.rename(spare, file);
        disk.syncDirectory(directory);
        return disk.open(file);
    }

    private DiskFile create(Path file, long bytes, long left) throws IOException {
        checkRoom(file, bytes, left);
        DiskFile made = disk.create(file);
        try {
            fill(made, 0, bytes);
            disk.syncDirectory(directory);
            return made;
        } catch (IOException | RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    private void checkRoom(Path file, long bytes, long left) throws IOException {
        long usable = disk.usableBytes(directory);
        if (usable > 0 && usable < bytes + left) {
            throw new DiskException(
                    DiskException.Operation.CREATE,
                    file,
                    "a journal segment takes " + bytes + " bytes, and " + left
                            + " are kept for deletions, but the file system has room for " + usable);
        }
    }

    /**
     * Lengthens a segment that is not begun, for a group that does not fit into it: a commit never makes a file longer,
     * so that a disk which reports only at a sync that it is full does not fail the sync of records. If this fails, it
     * may be called again for the same file.
     */
    void lengthen(DiskFile segment, long number, long from, long bytes) throws IOException {
        checkRoom(directory.resolve(DataDirectory.segmentName(number)), bytes - from, keptBytes());
        fill(segment, from, bytes);
    }

    private void discard(Path file, Throwable reason) {
        try {
            if (disk.exists(file)) {
                disk.delete(file);
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** The free space that another segment needs, including the room to be left beside it. */
    private long neededBytes() {
        return neededBytes(segmentBytes);
    }

    /** The same for segments of {@code segmentBytes}. */
    public static long neededBytes(long segmentBytes) {
        return segmentBytes + SHORT_SEGMENTS * shortBytes(segmentBytes);
    }

    /** The obstacle to writing a group of {@code bytes}, or, if that is 0, to creating the next segment. */
    Obstacle obstacle(long bytes, Throwable cause) {
        return Obstacle.of(() -> disk.usableBytes(directory), bytes == 0 ? neededBytes() : bytes, cause);
    }

    private static void fill(DiskFile file, long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(FILL_BYTES, to - from));
        for (long position = from; position < to; position += zeros.capacity()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - position));
            file.writeFully(position, zeros);
        }
        file.sync();
    }

    /** The number of the next segment to be taken. */
    synchronized long nextNumber() {
        return nextNumber;
    }

    /** The size of a short segment. */
    long shortBytes() {
        return shortBytes(segmentBytes);
    }

    private static long shortBytes(long segmentBytes) {
        return Math.min(SHORT_BYTES_MAX, segmentBytes / 4);
    }

    /** The room in the file system that segments leave for short ones. */
    private long keptBytes() {
        return SHORT_SEGMENTS * shortBytes();
    }

    /**
     * Returns a new short segment, for deletions when no other can be created; the caller owns it. Null if this fails
     * too: {@code reason} then has the cause as a suppressed exception.
     */
    synchronized @Nullable DiskFile takeShort(Throwable reason) {
        Path file = directory.resolve(DataDirectory.segmentName(nextNumber));
        try {
            if (closed || next != null) {
                return null;
            }
            if (disk.exists(file)) {
                disk.delete(file);
            }
            DiskFile made = create(file, shortBytes(), 0);
            nextNumber++;
            return made;
        } catch (IOException | OutOfMemoryError e) {
            reason.addSuppressed(e);
            discard(file, reason);
            return null;
        }
    }

    /** Returns the next segment, prepared now if it is not ready; the caller owns it. */
    synchronized DiskFile take() throws IOException {
        prepare();
        DiskFile taken = next;
        if (taken == null) {
            throw new IllegalStateException("a segment was prepared, but there is none");
        }
        next = null;
        nextNumber++;
        background.execute(this::prepareAhead);
        return taken;
    }

    /** Notes that a segment was begun, whose records are those after {@code lsn}. */
    void begun(long number, long lsn) {
        lsnBefore.put(number, lsn);
    }

    /**
     * The first segment that contains, or may later contain, a record after {@code lsn}; while none was begun, the
     * first that a start reads. Any thread may call this; it does not block.
     */
    long firstNeeded(long lsn) {
        long needed = 0;
        for (Map.Entry<Long, Long> segment : lsnBefore.entrySet()) {
            if (segment.getValue() <= lsn || needed == 0) {
                needed = segment.getKey();
            }
        }
        return needed == 0 ? first : needed;
    }

    /**
     * Releases the segments before {@code number}, which no recovery needs any more, and keeps one of them for reuse;
     * runs in the background.
     */
    synchronized void release(long number) throws IOException {
        while (!lsnBefore.isEmpty() && lsnBefore.firstKey() < number) {
            long released = lsnBefore.firstKey();
            Path file = directory.resolve(DataDirectory.segmentName(released));
            if (spares.isEmpty() && sizeOf(file) == segmentBytes) {
                spares.add(file);
            } else {
                disk.delete(file);
            }
            lsnBefore.remove(released);
        }
    }

    private long sizeOf(Path file) throws IOException {
        try (DiskFile opened = disk.open(file)) {
            return opened.size();
        }
    }

    synchronized void close() throws IOException {
        closed = true;
        if (next != null) {
            next.close();
            next = null;
        }
    }
}
