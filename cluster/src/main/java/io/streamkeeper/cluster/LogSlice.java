package io.streamkeeper.cluster;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A part of the log of a running member that does not change any more: other names for its files, up to a committed
 * entry, in a directory of its own. The member releases its log meanwhile as it wants; what has two names stays. Used by
 * one thread, which may block.
 */
public final class LogSlice {
    /**
     * A file of the slice.
     *
     * @param name its name in the directory of the slice, as Ratis names it
     * @param bytes how much of it belongs to the slice
     */
    public record Part(String name, long bytes) {}

    /**
     * What a slice contains.
     *
     * @param parts its files, in the order of their entries; the last one is named as one that is written
     * @param end its last entry
     */
    public record Content(List<Part> parts, LogPosition end) {
        /** Copies the list. */
        public Content {
            parts = List.copyOf(parts);
        }
    }

    private static final int ATTEMPTS = 20;

    private final Disk disk = new LocalDisk();
    private final Path log;
    private final Path directory;
    /** The files by the index of their first entry. */
    private final TreeMap<Long, Path> files = new TreeMap<>();

    /**
     * A slice of the log of a member, in an existing directory on the same file system.
     *
     * @param config that of the member
     * @throws IOException if its identity cannot be read
     */
    public LogSlice(ClusterConfig config, Path directory) throws IOException {
        this.log = NodeDirectory.log(config.directory(), NodeIdentity.groupOf(disk, config));
        this.directory = directory;
    }

    /**
     * Keeps what the log has now; may be called again for what was written since.
     *
     * @throws IOException if the file system gives no second name to a file
     */
    public void keep() throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                for (SegmentFile segment : SegmentFile.list(disk, log)) {
                    if (!files.containsKey(segment.first())) {
                        Path kept = directory.resolve("log_inprogress_" + segment.first());
                        LocalDisk.link(segment.file(), kept);
                        files.put(segment.first(), kept);
                    }
                }
                return;
            } catch (NoSuchFileException e) {
                // It was completed, and has another name, or was released, and then the later ones suffice.
                if (attempt == ATTEMPTS) {
                    throw new IOException("the files in " + log + " change faster than they can be kept; try again", e);
                }
            }
        }
    }

    /**
     * Ends the slice.
     *
     * @param first index of the first entry that is needed
     * @param last index of a committed entry, which {@link #keep} has kept
     * @throws IOException if the log does not have these entries
     */
    public Content end(long first, long last) throws IOException {
        drop(first, last);
        Map.Entry<Long, Path> newest = files.lastEntry();
        if (newest == null) {
            throw new IOException("the log in " + log + " has no entry " + last);
        }
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<Long, Path> each : files.headMap(newest.getKey()).entrySet()) {
            long next = files.higherKey(each.getKey());
            Path complete = directory.resolve("log_" + each.getKey() + "-" + (next - 1));
            disk.rename(each.getValue(), complete);
            try (DiskFile file = disk.open(complete)) {
                parts.add(new Part(complete.getFileName().toString(), file.size()));
            }
        }
        try (DiskFile file = disk.open(newest.getValue())) {
            SegmentReader reader = new SegmentReader(file);
            SegmentReader.Entry entry = reader.find(last);
            if (entry == null) {
                throw new IOException("the log in " + log + " has no entry " + last);
            }
            parts.add(new Part(newest.getValue().getFileName().toString(), reader.position()));
            return new Content(parts, entry.at());
        }
    }

    /** Gives up the files without an entry that is needed. */
    private void drop(long first, long last) throws IOException {
        Long begin = files.floorKey(Math.min(first, last));
        for (Map.Entry<Long, Path> each : new TreeMap<>(files).entrySet()) {
            if ((begin != null && each.getKey() < begin) || each.getKey() > last) {
                disk.delete(each.getValue());
                files.remove(each.getKey());
            }
        }
    }
}
