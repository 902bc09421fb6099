package io.streamkeeper.storage.disk;

import io.streamkeeper.storage.disk.DiskException.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk of which any operation may fail before it has any effect, by whatever its {@link Faults} throw: an {@link
 * IOException} as of a process without descriptors, or an {@link Error} of our own code. Belongs to the thread that the
 * disk behind it belongs to.
 */
public final class FaultyDisk implements Disk {
    /** Decides which operations fail. */
    public interface Faults {
        /** No fault. */
        Faults NONE = (operation, path) -> {};

        /** Called before each operation, which fails if this throws. */
        void before(Operation operation, Path path) throws IOException;
    }

    private final Disk behind;
    private volatile Faults faults = Faults.NONE;

    public FaultyDisk(Disk behind) {
        this.behind = behind;
    }

    public void faults(Faults newFaults) {
        faults = newFaults;
    }

    private void before(Operation operation, Path path) throws IOException {
        faults.before(operation, path);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        before(Operation.OPEN, file);
        return new FaultyFile(file, behind.open(file));
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        before(Operation.CREATE, file);
        return new FaultyFile(file, behind.create(file));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        before(Operation.LOOK_UP, path);
        return behind.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        before(Operation.LIST, directory);
        return behind.list(directory);
    }

    @Override
    public long salt() {
        return behind.salt();
    }

    @Override
    public List<Path> directories(Path directory) throws IOException {
        before(Operation.LIST, directory);
        return behind.directories(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        before(Operation.CREATE_DIRECTORY, directory);
        behind.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        before(Operation.RENAME, from);
        behind.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        before(Operation.DELETE, file);
        behind.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        before(Operation.OPEN, directory);
        before(Operation.SYNC_DIRECTORY, directory);
        behind.syncDirectory(directory);
    }

    /** What opens the directory may fail, and the renaming; that its sync fails is a fault of the disk behind. */
    @Override
    public void replace(Path from, Path to) throws IOException {
        before(Operation.OPEN, to.getParent());
        before(Operation.RENAME, from);
        behind.replace(from, to);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        before(Operation.LOOK_UP, directory);
        return behind.usableBytes(directory);
    }

    private final class FaultyFile implements DiskFile {
        private final Path path;
        private final DiskFile file;

        FaultyFile(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public int write(long position, ByteBuffer bytes) throws IOException {
            before(Operation.WRITE, path);
            return file.write(position, bytes);
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            before(Operation.READ, path);
            return file.read(position, into);
        }

        @Override
        public void sync() throws IOException {
            before(Operation.SYNC, path);
            file.sync();
        }

        @Override
        public long size() throws IOException {
            before(Operation.SIZE, path);
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            before(Operation.TRUNCATE, path);
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
