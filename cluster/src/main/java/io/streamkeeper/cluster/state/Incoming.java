package io.streamkeeper.cluster.state;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.cluster.ReceivedLog;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.LogPlace;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.TextFile;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.tool.ExtentCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory {@code incoming} of a member, which contains the files of a state that it receives. Used by one thread,
 * which may block.
 *
 * <pre>
 *   STATE     the description of what is received; written first
 *   …         the files, each of which may be there in part
 *   READY     the same description; written when all files are there, checked and durable: from then on the next start
 *             puts them in the place of the own ones
 * </pre>
 */
final class Incoming {
    private static final String NAME = "incoming";
    private static final String STATE = "STATE";
    private static final String READY = "READY";
    private static final String FIRST_SEGMENT = DataDirectory.segmentName(1);

    private final Disk disk = new LocalDisk();
    private final ClusterConfig config;
    private final Path directory;

    Incoming(ClusterConfig config) {
        this.config = config;
        this.directory = config.directory().resolve(NAME);
    }

    /** Whether a state in the directory of a member is complete. */
    static boolean isReady(Disk disk, Path memberDirectory) throws IOException {
        return disk.exists(memberDirectory.resolve(NAME).resolve(READY));
    }

    Path directory() {
        return directory;
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    /** The state that is complete, and waits for the next start; null if there is none. */
    @Nullable
    StateDescription ready() throws IOException {
        return read(READY);
    }

    private @Nullable StateDescription read(String name) throws IOException {
        Path file = directory.resolve(name);
        return disk.exists(file) ? StateDescription.of(file, TextFile.read(disk, file)) : null;
    }

    /**
     * Begins to receive a state, and keeps what an earlier attempt has received of the same extents; their bytes are
     * still to be compared.
     *
     * @throws IOException if the disk refuses it, or the directory is on another file system than the data directory
     */
    void begin(StateDescription state) throws IOException {
        requireOneFileSystem();
        if (!isOfSameStore(state)) {
            clear();
        }
        disk.createDirectories(directory);
        Set<Path> kept = new HashSet<>();
        for (StateDescription.File file : state.files()) {
            disk.createDirectories(Objects.requireNonNull(path(file.name()).getParent(), "a file has a directory"));
            if (file.isExtent()) {
                kept.add(path(file.name()));
            }
        }
        for (Path file : FileTree.files(disk, directory)) {
            if (!kept.contains(file)) {
                disk.delete(file);
            }
        }
        TextFile.write(disk, directory.resolve(STATE), state.lines());
    }

    private boolean isOfSameStore(StateDescription state) throws IOException {
        StateDescription before = begun();
        return before != null
                && before.store().equals(state.store())
                && before.member().equals(state.member());
    }

    private @Nullable StateDescription begun() throws IOException {
        try {
            return read(STATE);
        } catch (DamagedFileException e) {
            return null;
        }
    }

    /** The name of the member of whose state a part is there; empty if there is none. */
    String member() throws IOException {
        StateDescription before = begun();
        return before == null ? "" : before.member();
    }

    /** What is received is renamed into its place. */
    private void requireOneFileSystem() throws IOException {
        Path data = Objects.requireNonNull(config.directory().toAbsolutePath().getParent(), "is in a data directory");
        if (!Files.getFileStore(data).equals(Files.getFileStore(config.directory()))) {
            throw new IOException(config.directory() + " is on another file system than " + data
                    + ", and a state cannot be received; expected one file system for both");
        }
    }

    /**
     * Checks that all files are there and whole, makes them durable, and marks them as ready.
     *
     * @throws DamagedFileException if one is damaged
     */
    void complete(StateDescription state) throws IOException {
        DataDirectory data = DataDirectory.read(disk, directory);
        if (!data.store().equals(state.store()) || data.shards() != state.shards()) {
            throw new DamagedFileException(
                    path(StateDescription.FORMAT), 0, "it is of store " + data.store() + ", expected " + state.store());
        }
        LogPosition start = LogPosition.BEGIN;
        for (int shard = 0; shard < data.shards(); shard++) {
            Manifest manifest = data.manifest(disk, shard);
            makeDirectories(data.shard(shard));
            ExtentCheck.check(disk, data.shard(shard), manifest);
            LogPlace applied = manifest.applied();
            if (applied.index() > start.index()) {
                start = new LogPosition(applied.term(), applied.index());
            }
        }
        new ReceivedLog(config, directory.resolve(StateDescription.LOG), state.group()).check(start);
        FileTree.sync(disk, directory);
        TextFile.write(disk, directory.resolve(READY), state.lines());
    }

    /** A shard has both directories, also without a file in them; the journal of a member is empty. */
    private void makeDirectories(Path shard) throws IOException {
        disk.createDirectories(DataDirectory.extents(shard));
        Path first = DataDirectory.journal(shard).resolve(FIRST_SEGMENT);
        if (!disk.exists(first)) {
            disk.createDirectories(DataDirectory.journal(shard));
            disk.create(first).close();
        }
    }

    /** Removes everything: first the mark, so that nothing incomplete is taken for ready. */
    void clear() throws IOException {
        for (String mark : List.of(READY, STATE)) {
            if (disk.exists(directory.resolve(mark))) {
                disk.delete(directory.resolve(mark));
                disk.syncDirectory(directory);
            }
        }
        FileTree.delete(disk, directory);
    }
}
