package io.streamkeeper.cluster;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What Ratis leaves to others about the files of its log: that their names are durable, and how many of them are kept.
 */
final class LogFiles {
    private final Disk disk;
    private final Path directory;
    private final long keptBytes;
    /** Index of the last entry that this member does not need. */
    private final AtomicLong released;

    /** Owned by the thread that syncs the log. */
    private final Set<String> syncedNames = new HashSet<>();

    LogFiles(Disk disk, Path directory, long keptBytes, LogPosition start) {
        this.disk = disk;
        this.directory = directory;
        this.keptBytes = keptBytes;
        this.released = new AtomicLong(start.index());
    }

    /**
     * Makes the names of new files durable, before entries in them are reported as synced: a file whose name is lost by
     * a power cut is lost with its entries.
     */
    void syncNames() throws IOException {
        Set<String> names = new HashSet<>(disk.list(directory));
        if (!names.equals(syncedNames)) {
            disk.syncDirectory(directory);
            syncedNames.clear();
            syncedNames.addAll(names);
        }
    }

    /** This member needs no entry up to {@code index} any more. */
    void release(long index) {
        released.accumulateAndGet(index, Math::max);
    }

    /** Length of all files of the log. */
    long bytes() throws IOException {
        long bytes = 0;
        for (SegmentFile segment : SegmentFile.list(disk, directory)) {
            // A file may be removed or renamed meanwhile.
            bytes += disk.exists(segment.file()) ? lengthOf(segment) : 0;
        }
        return bytes;
    }

    private long lengthOf(SegmentFile segment) throws IOException {
        try (DiskFile file = disk.open(segment.file())) {
            return file.size();
        }
    }

    /**
     * Index of the last entry to remove: the newest files are kept, as many as fit into the kept bytes.
     *
     * @return -1 if nothing is to be removed
     */
    long removable() throws IOException {
        List<SegmentFile> segments = SegmentFile.list(disk, directory);
        long bytes = 0;
        for (int each = segments.size() - 1; each >= 0; each--) {
            SegmentFile segment = segments.get(each);
            bytes += lengthOf(segment);
            if (bytes > keptBytes && !segment.isOpen()) {
                return Math.min(segment.end(), released.get());
            }
        }
        return -1;
    }
}
