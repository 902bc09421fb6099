package io.streamkeeper.cluster.state;

import io.streamkeeper.cluster.ClusterConfig;
import io.streamkeeper.cluster.LogSlice;
import io.streamkeeper.cluster.MemberDirectory;
import io.streamkeeper.cluster.ReceivedLog;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.TextFile;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The state of a running store at about one moment, kept by second names of its files in a directory of its own, so that
 * checkpoints, compactions and the release of the log go on. An extent file that is only in an object store is read from
 * there, and its object is kept meanwhile. Made by one thread, which may block; then read by any.
 *
 * <p>The shards need not be of one moment, as at a start: each is what its manifest says, with the log from the first
 * record on that one of them lacks, up to a committed entry that none of them is beyond. So the log is kept first, then
 * the manifests with their extents, then what the log has got since.
 */
final class PinnedState {
    private static final int ATTEMPTS = 20;

    private final Disk disk = new LocalDisk();
    private final String receiver;
    private final Path directory;
    private final List<StateDescription.File> files = new ArrayList<>();

    /** The files that are only in an object store, by their names. */
    private final Map<String, ExtentFiles.Input> objects = new HashMap<>();

    private final StateDescription description;
    private volatile long usedNanos = System.nanoTime();

    /**
     * Keeps the state of a store.
     *
     * @param data the data directory
     * @param receiver the member that gets it
     * @param directory does not exist
     * @throws IOException if the disk refuses it; what is there of the directory is removed by {@link #drop}
     */
    PinnedState(ClusterConfig config, DataDirectory data, StateSource source, String receiver, Path directory, UUID id)
            throws IOException {
        this.receiver = receiver;
        this.directory = directory;
        try {
            LogSlice.Content log = keep(config, data, source);
            log.parts()
                    .forEach(part -> files.add(
                            new StateDescription.File(StateDescription.LOG + "/" + part.name(), part.bytes())));
            this.description = new StateDescription(
                    id, config.self(), MemberDirectory.groupOf(config), data.store(), data.shards(), log.end(), files);
        } catch (IOException | RuntimeException | Error e) {
            releaseObjects("");
            throw e;
        }
    }

    /** Keeps everything; returns the part of the log. */
    private LogSlice.Content keep(ClusterConfig config, DataDirectory data, StateSource source) throws IOException {
        disk.createDirectories(directory.resolve(StateDescription.LOG));
        LogSlice log = new LogSlice(config, directory.resolve(StateDescription.LOG));
        log.keep();
        long delivered = source.deliveredIndex();
        long first = Long.MAX_VALUE;
        long applied = -1;
        for (int shard = 0; shard < data.shards(); shard++) {
            Manifest manifest = keepShard(data, shard, source);
            long location = manifest.applied().index() < 0 ? 0 : manifest.firstSegment();
            first = Math.min(first, source.neededFrom(shard, delivered, manifest.checkpointLsn(), location));
            applied = Math.max(applied, manifest.applied().index());
        }
        keepRest(config, data);
        long last = source.appliedIndex();
        log.keep();
        return log.end(Math.min(first, applied + 1), last);
    }

    /** Keeps the extents that one manifest names, and the manifest. */
    private Manifest keepShard(DataDirectory data, int shard, StateSource source) throws IOException {
        Path from = DataDirectory.extents(data.shard(shard));
        Path shardDirectory = new DataDirectory(directory, data.store(), data.shards()).shard(shard);
        Path to = DataDirectory.extents(shardDirectory);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Manifest manifest = data.manifest(disk, shard);
            FileTree.delete(disk, to);
            releaseObjects(nameOf(to));
            disk.createDirectories(to);
            if (keepExtents(manifest, from, to, source)) {
                manifest.write(disk, shardDirectory);
                add(Manifest.in(shardDirectory));
                manifest.extents()
                        .forEach(extent -> files.add(new StateDescription.File(
                                nameOf(to.resolve(ExtentLayout.name(extent.file()))), extent.bytes())));
                return manifest;
            }
        }
        throw new IOException("shard " + shard + " changes faster than its files can be kept; try again");
    }

    /** Whether all files were there: if not, a checkpoint or a compaction has replaced the manifest. */
    private boolean keepExtents(Manifest manifest, Path from, Path to, StateSource source) throws IOException {
        for (Manifest.ExtentRef extent : manifest.extents()) {
            Path kept = to.resolve(ExtentLayout.name(extent.file()));
            if (!isLinked(from.resolve(ExtentLayout.name(extent.file())), kept)) {
                ExtentFiles.Input object = source.keepObject(manifest.shard(), extent.file());
                if (object == null) {
                    return false;
                }
                objects.put(nameOf(kept), object);
            }
        }
        return true;
    }

    private static boolean isLinked(Path from, Path to) throws IOException {
        try {
            LocalDisk.link(from, to);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Gives up the objects of the files below a directory. */
    private void releaseObjects(String below) throws IOException {
        for (String name : List.copyOf(objects.keySet())) {
            if (name.startsWith(below)) {
                Objects.requireNonNull(objects.remove(name), name).close();
            }
        }
    }

    private void keepRest(ClusterConfig config, DataDirectory data) throws IOException {
        data.describe(disk, directory);
        add(directory.resolve(StateDescription.FORMAT));
        Path leader = config.directory().resolve(StateDescription.LEADER);
        if (disk.exists(leader)) {
            TextFile.write(disk, directory.resolve(StateDescription.LEADER), TextFile.read(disk, leader));
            add(directory.resolve(StateDescription.LEADER));
        }
        Path members = directory.resolve(StateDescription.LOG).resolve(ReceivedLog.MEMBERS);
        LocalDisk.link(ReceivedLog.membersOf(config), members);
        add(members);
    }

    private void add(Path file) throws IOException {
        try (DiskFile opened = disk.open(file)) {
            files.add(new StateDescription.File(nameOf(file), opened.size()));
        }
    }

    private String nameOf(Path file) {
        List<String> names = new ArrayList<>();
        directory.relativize(file).forEach(name -> names.add(name.toString()));
        return String.join("/", names);
    }

    String receiver() {
        return receiver;
    }

    StateDescription description() {
        return description;
    }

    /** Reads bytes of a file, fewer at its end. */
    ByteBuffer read(int file, long position, int length) throws IOException {
        usedNanos = System.nanoTime();
        StateDescription.File described = description.files().get(file);
        int count = (int) Math.max(0, Math.min(length, described.bytes() - position));
        ByteBuffer bytes = ByteBuffer.allocate(count);
        ExtentFiles.Input object = objects.get(described.name());
        if (object != null) {
            object.read(position, bytes);
            return bytes.flip();
        }
        try (DiskFile opened = disk.open(directory.resolve(described.name()))) {
            opened.readFully(position, bytes);
        }
        return bytes.flip();
    }

    /** For how long nothing was read. */
    long idleNanos() {
        return System.nanoTime() - usedNanos;
    }

    /** Gives up the files; called once. A read that is running may fail. */
    void drop() throws IOException {
        for (ExtentFiles.Input object : objects.values()) {
            object.close();
        }
        FileTree.delete(disk, directory);
    }
}
