package io.streamkeeper.storage.disk;

import io.streamkeeper.storage.disk.DiskException.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own file systems.
 *
 * <p>If the process has used up its descriptors, an operation that opens a file gets one of the {@link
 * SpareDescriptors}, so that connections cannot block the store's access to its files.
 */
public final class LocalDisk implements Disk {
    private static final SecureRandom SALTS = new SecureRandom();

    private static final Set<OpenOption> READ_ONLY = Set.of(StandardOpenOption.READ);
    private static final Set<OpenOption> WRITABLE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private static final Set<OpenOption> LOCKABLE = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

    private final SpareDescriptors spares = new SpareDescriptors();
    private final Set<OpenOption> opening;

    /** A disk whose files can be written. */
    public LocalDisk() {
        this(WRITABLE);
    }

    private LocalDisk(Set<OpenOption> opening) {
        this.opening = opening;
    }

    /** A disk whose existing files can only be read: enough to check and to copy them. */
    public static LocalDisk forReading() {
        return new LocalDisk(READ_ONLY);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new LocalFile(file, channel(Operation.OPEN, file, opening), spares);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new LocalFile(file, channel(Operation.CREATE, file, NEW, FileModes.FILE), spares);
    }

    private FileChannel channel(Operation operation, Path file, Set<OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        try {
            return spares.open(() -> FileChannel.open(file, options, attributes));
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(file.toString(), null, "it exists already");
        } catch (NoSuchFileException e) {
            throw operation == Operation.CREATE
                    ? new DiskException(operation, file, "its directory does not exist")
                    : missing(file);
        } catch (IOException e) {
            throw DiskException.ofOpening(operation, file, e);
        }
    }

    /** Replaces the system's exception, whose whole message is the path. */
    private static NoSuchFileException missing(Path path) {
        return new NoSuchFileException(path.toString(), null, "it does not exist");
    }

    /**
     * A key that distinguishes a file from all others of its file system, whatever its name; null if the system has
     * none.
     */
    public static @Nullable Object identity(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            throw missing(file);
        } catch (IOException e) {
            throw new DiskException(Operation.LOOK_UP, file, e);
        }
    }

    /**
     * Gives a file a second name, in a directory of the same file system: it exists until both names are deleted.
     *
     * @throws NoSuchFileException if there is no such file
     */
    public static void link(Path file, Path second) throws IOException {
        try {
            Files.createLink(second, file);
        } catch (NoSuchFileException e) {
            throw missing(file);
        } catch (UnsupportedOperationException e) {
            throw new DiskException(Operation.LINK, file, "its file system gives files no second name");
        } catch (IOException e) {
            throw new DiskException(Operation.LINK, file, e);
        }
    }

    /** Opens a file that a process locks; creates it if it does not exist. */
    public static FileChannel openLock(Path file) throws IOException {
        try {
            return FileChannel.open(file, LOCKABLE, FileModes.FILE);
        } catch (IOException e) {
            throw DiskException.ofOpening(Operation.OPEN, file, e);
        }
    }

    /** Unlike {@link Files#exists}, this does not report a path as absent that cannot be looked up. */
    @Override
    public boolean exists(Path path) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new DiskException(Operation.LOOK_UP, path, e);
        }
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try {
            return spares.open(() -> namesIn(directory));
        } catch (NoSuchFileException e) {
            throw missing(directory);
        } catch (IOException e) {
            throw DiskException.ofOpening(Operation.LIST, directory, e);
        }
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public List<Path> directories(Path directory) throws IOException {
        try {
            return spares.open(() -> directoriesIn(directory));
        } catch (NoSuchFileException e) {
            throw missing(directory);
        } catch (IOException e) {
            throw DiskException.ofOpening(Operation.LIST, directory, e);
        }
    }

    private static List<Path> directoriesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isDirectory).sorted().toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public long salt() {
        return SALTS.nextLong();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        try {
            Files.createDirectories(directory, FileModes.DIRECTORY);
        } catch (IOException e) {
            throw new DiskException(Operation.CREATE_DIRECTORY, directory, e);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new DiskException(Operation.RENAME, from, e);
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        try {
            Files.delete(file);
        } catch (NoSuchFileException e) {
            throw missing(file);
        } catch (IOException e) {
            throw new DiskException(Operation.DELETE, file, e);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = channel(Operation.OPEN, directory, READ_ONLY)) {
            sync(channel, directory);
        } finally {
            spares.refill();
        }
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        Path directory = Objects.requireNonNull(to.toAbsolutePath().getParent(), "no file replaces the root");
        try (FileChannel channel = channel(Operation.OPEN, directory, READ_ONLY)) {
            rename(from, to);
            sync(channel, directory);
        } finally {
            spares.refill();
        }
    }

    private static void sync(FileChannel channel, Path directory) throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new DiskException(Operation.SYNC_DIRECTORY, directory, e);
        }
    }

    /** Queries the file system by path, which needs no descriptor; zero also if the query fails. */
    @Override
    public long usableBytes(Path directory) {
        return directory.toFile().getUsableSpace();
    }

    private record LocalFile(Path path, FileChannel channel, SpareDescriptors spares) implements DiskFile {
        @Override
        public int write(long position, ByteBuffer bytes) throws IOException {
            try {
                return channel.write(bytes, position);
            } catch (IOException e) {
                throw new DiskException(Operation.WRITE, path, e);
            }
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            try {
                return channel.read(into, position);
            } catch (IOException e) {
                throw new DiskException(Operation.READ, path, e);
            }
        }

        @Override
        public void sync() throws IOException {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw new DiskException(Operation.SYNC, path, e);
            }
        }

        @Override
        public long size() throws IOException {
            try {
                return channel.size();
            } catch (IOException e) {
                throw new DiskException(Operation.SIZE, path, e);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            try {
                channel.truncate(size);
            } catch (IOException e) {
                throw new DiskException(Operation.TRUNCATE, path, e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } catch (IOException e) {
                throw new DiskException(Operation.CLOSE, path, e);
            } finally {
                spares.refill();
            }
        }
    }
}
