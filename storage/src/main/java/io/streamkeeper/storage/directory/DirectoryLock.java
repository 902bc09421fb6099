package io.streamkeeper.storage.directory;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock that prevents other processes from using a data directory. The kernel releases it when the process ends,
 * even if it is killed.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

    private final Path file;
    private final FileChannel channel;
    private final @Nullable Object identity;

    private DirectoryLock(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.identity = LocalDisk.identity(file);
    }

    /**
     * Takes the lock of a data directory; creates the directory durably if it does not exist.
     *
     * @throws IOException if another process holds it, or the directory cannot be created or written
     */
    public static DirectoryLock take(Disk disk, Path directory) throws IOException {
        DataDirectory.requireDirectory(directory);
        DataDirectory.makePath(disk, directory);
        Path file = directory.resolve(DataDirectory.LOCK);
        FileChannel channel = LocalDisk.openLock(file);
        try {
            if (tryLock(channel) == null) {
                throw new IOException("data directory " + directory
                        + " is in use by another process; stop that one, or name another directory with --data-dir");
            }
            return new DirectoryLock(file, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Whether the locked directory is no longer the one at its path: it was removed, moved, replaced or unmounted. The
     * next start does not find data that is written into it. May block; may be called by any thread.
     */
    public boolean isLost() {
        try {
            return !Objects.equals(identity, LocalDisk.identity(file));
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            LOG.debug("whether {} is still that which is locked is not known", file, e);
            return false;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
