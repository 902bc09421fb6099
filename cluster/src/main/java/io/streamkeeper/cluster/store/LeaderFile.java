package io.streamkeeper.cluster.store;

import io.streamkeeper.storage.directory.TextFile;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code LEADER} in the directory of a member: the newest notice of a leader in the log, which a restart may not
 * read again. Without it, a member that restarts would not know where it reaches the leader until the next election.
 */
final class LeaderFile {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderFile.class);

    private final Disk disk = new LocalDisk();
    private final Path file;
    private volatile @Nullable LeaderNotice newest;

    private LeaderFile(Path file) {
        this.file = file;
    }

    /** The file in a directory; without a notice if it does not exist, or cannot be read as one. */
    static LeaderFile read(Path directory) throws IOException {
        LeaderFile found = new LeaderFile(directory.resolve("LEADER"));
        if (found.disk.exists(found.file)) {
            try {
                found.newest = LeaderNotice.of(TextFile.read(found.disk, found.file));
            } catch (DamagedFileException | IllegalArgumentException e) {
                LOG.warn("{} is ignored: {}", found.file, e.getMessage());
            }
        }
        return found;
    }

    /** The newest notice, or null; any thread may call this. */
    @Nullable
    LeaderNotice newest() {
        return newest;
    }

    /** Keeps a notice; a disk that does not take it costs a restart the knowledge, and nothing else. */
    void keep(LeaderNotice notice) {
        newest = notice;
        try {
            TextFile.write(disk, file, notice.lines());
        } catch (DiskException e) {
            LOG.warn("{} cannot be written: {}", file, e.getMessage());
        } catch (IOException e) {
            LOG.warn("{} cannot be written", file, e);
        }
    }
}
