package io.streamkeeper.storage.directory;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.FileProblem;
import io.streamkeeper.storage.disk.LocalDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Keeps other processes from a data directory. The kernel lets go of it when the process ends, however it does. */
public final class DirectoryLock implements AutoCloseable {
    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock of a data directory, which is made if it is not there, durably.
     *
     * @throws IOException if another process holds it, or the directory cannot be made or written
     */
    public static DirectoryLock take(Disk disk, Path directory) throws IOException {
        String problem = FileProblem.notDirectory(directory);
        if (problem != null) {
            throw new IOException("data directory " + problem);
        }
        DataDirectory.makePath(disk, directory);
        FileChannel channel = LocalDisk.openLock(directory.resolve(DataDirectory.LOCK));
        FileLock lock = null;
        try {
            lock = tryLock(channel);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new IOException("data directory " + directory
                    + " is in use by another process; stop that one, or name another directory with --data-dir");
        }
        return new DirectoryLock(channel);
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
