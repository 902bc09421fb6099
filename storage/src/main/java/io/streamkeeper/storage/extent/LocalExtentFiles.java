package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Extent files in a directory of this machine. Safe for use by any thread; blocks. */
public final class LocalExtentFiles implements ExtentFiles {
    private final Disk disk;
    private final Path directory;

    private LocalExtentFiles(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** The extent files of a shard's directory. */
    public static LocalExtentFiles of(Disk disk, Path shardDirectory) {
        return new LocalExtentFiles(disk, DataDirectory.extents(shardDirectory));
    }

    /** Opens one file at any path. */
    public static Input open(Disk disk, Path file) throws IOException {
        return new LocalInput(disk.open(file));
    }

    /**
     * Refuses a shard of which extent files are only in an object store, for commands that read the directory alone.
     *
     * @throws IOException if there is such a file
     */
    public static void requireAll(Disk disk, Path shardDirectory) throws IOException {
        if (!ObjectList.exists(disk, shardDirectory)) {
            return;
        }
        ObjectList list = ObjectList.read(disk, shardDirectory);
        List<Long> local = of(disk, shardDirectory).list();
        long remote = list.copies().keySet().stream()
                .filter(number -> !local.contains(number))
                .count();
        if (remote > 0) {
            throw new IOException(remote + " extent files of " + shardDirectory + " are only at " + list.location()
                    + ", which this command does not read; expected --tier " + list.location()
                    + ", as the server has it");
        }
    }

    private Path path(long number) {
        return directory.resolve(ExtentLayout.name(number));
    }

    @Override
    public Output create(long number) throws IOException {
        delete(number);
        return new LocalOutput(disk.create(path(number)));
    }

    @Override
    public Input open(long number) throws IOException {
        return open(disk, path(number));
    }

    @Override
    public void delete(long number) throws IOException {
        if (disk.exists(path(number))) {
            disk.delete(path(number));
        }
    }

    @Override
    public List<Long> list() throws IOException {
        return disk.list(directory).stream()
                .map(ExtentLayout::number)
                .filter(number -> number >= 0)
                .sorted()
                .toList();
    }

    @Override
    public String name(long number) {
        return path(number).toString();
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes(directory);
    }

    private final class LocalOutput implements Output {
        private final DiskFile file;
        private long position;
        private boolean closed;

        LocalOutput(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            file.writeFully(position, bytes);
            position += count;
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public void seal() throws IOException {
            file.sync();
            close();
            disk.syncDirectory(directory);
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                file.close();
            }
        }
    }

    private record LocalInput(DiskFile file) implements Input {
        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            file.readFully(position, into);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
