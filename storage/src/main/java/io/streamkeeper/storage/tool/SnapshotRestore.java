package io.streamkeeper.storage.tool;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.FileTree;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.directory.Snapshot;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.extent.ExtentLayout;
import io.streamkeeper.storage.tier.ObjectStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Makes a data directory from a snapshot in an object store, all of it in local files. Used by one thread, which may
 * block.
 *
 * <p>The newest snapshot is used of which all objects are there: a listing may be old, so it may name one that is being
 * deleted. Each object is compared with its checksum, and the directory is verified; the file that makes it a data
 * directory is written last.
 */
public final class SnapshotRestore {
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int SNAPSHOT_BYTES_MAX = 64 << 20;
    private static final int ATTEMPTS = 5;

    /** A snapshot that cannot be used: an object is missing, or has other bytes. */
    private static final class NotWholeException extends IOException {
        private static final long serialVersionUID = 1L;

        NotWholeException(String key, IOException cause) {
            super("object " + key + " is missing or damaged: " + cause.getMessage(), cause);
        }
    }

    private final Disk disk;
    private final ObjectStore store;
    private final String location;
    private final Consumer<String> report;

    /**
     * A restore that reports each step as one line.
     *
     * @param location of the objects, for messages
     */
    public SnapshotRestore(Disk disk, ObjectStore store, String location, Consumer<String> report) {
        this.disk = disk;
        this.store = store;
        this.location = location;
        this.report = report;
    }

    /**
     * Restores the newest snapshot of a data directory to {@code target}, which must be empty or not exist.
     *
     * @param wanted the identity of the data directory; may be empty if the place has snapshots of one only
     * @throws IOException if there is no snapshot that is whole, or the target is not empty or cannot be written
     */
    public void restore(String wanted, Path target) throws IOException {
        StoreBackup.requireEmpty(disk, target);
        List<String> keys = snapshots(wanted);
        IOException failure = null;
        for (String key : keys) {
            try {
                restoreOne(key, target);
                return;
            } catch (NotWholeException e) {
                report.accept("warning: snapshot " + key + " is not whole: " + e.getMessage());
                failure = e;
                clear(target);
            }
        }
        throw new IOException(
                "no snapshot at " + location + " is whole; expected one of " + keys
                        + ". If lists of the object store may be old, try again later",
                failure);
    }

    /** The keys of the snapshots of one data directory, the newest first. */
    private List<String> snapshots(String wanted) throws IOException {
        List<String> keys = new ArrayList<>(store.list(Snapshot.keysOf(wanted)));
        keys.removeIf(key -> Snapshot.number(key) < 0);
        SortedSet<String> stores = new TreeSet<>();
        keys.forEach(key -> stores.add(Snapshot.store(key)));
        if (stores.size() > 1) {
            throw new IOException(location + " has snapshots of " + stores.size() + " data directories, "
                    + String.join(", ", stores) + "; expected one: name it with --store");
        }
        if (keys.isEmpty()) {
            throw new IOException(location + " has no snapshot"
                    + (wanted.isEmpty() ? "" : " of data directory " + wanted)
                    + "; expected one that a server with --tier " + location
                    + " has made. Members of a cluster make none:"
                    + " a member that is lost is replaced by another one with the command cluster replace");
        }
        keys.sort(Comparator.comparingLong(Snapshot::number).reversed());
        return keys;
    }

    private void restoreOne(String key, Path target) throws IOException {
        Snapshot snapshot = read(key);
        UUID identity = snapshot.store();
        DataDirectory made =
                new DataDirectory(target, identity, snapshot.shards().size());
        for (int shard = 0; shard < made.shards(); shard++) {
            restoreShard(snapshot.shards().get(shard), made.shard(shard));
            report.accept("shard " + shard + " of " + made.shards() + ": "
                    + snapshot.shards().get(shard).extents().size() + " extent files and the journal");
        }
        StoreVerifier.Findings found = new StoreVerifier(disk, line -> {}).find(made);
        if (!found.problems().isEmpty()) {
            throw new IOException("the directory restored from snapshot " + key + " is not whole: "
                    + found.problems().get(0));
        }
        found.losses().forEach(loss -> report.accept("warning: " + loss));
        disk.syncDirectory(target);
        DataDirectory.describe(disk, target, snapshot.format());
        report.accept("restored " + target + " from snapshot " + Snapshot.number(key) + " at " + location + ", taken "
                + Instant.ofEpochMilli(snapshot.millis()) + ", and verified it");
    }

    private Snapshot read(String key) throws IOException {
        return readWhole(key, () -> {
            ObjectStore.Stored stored = store.find(key);
            if (stored == null) {
                throw new NoSuchFileException(key);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(SNAPSHOT_BYTES_MAX, stored.bytes()));
            store.read(key, 0, bytes);
            return Snapshot.decode(key, bytes.flip());
        });
    }

    private void restoreShard(Snapshot.ShardPart part, Path target) throws IOException {
        Path extents = DataDirectory.extents(target);
        Path journal = DataDirectory.journal(target);
        disk.createDirectories(extents);
        disk.createDirectories(journal);
        for (Map.Entry<Long, StoredObject> extent : part.extents().entrySet()) {
            download(extent.getValue(), extents.resolve(ExtentLayout.name(extent.getKey())));
        }
        for (Map.Entry<Long, StoredObject> segment : part.segments().entrySet()) {
            download(segment.getValue(), journal.resolve(DataDirectory.segmentName(segment.getKey())));
        }
        if (part.segments().isEmpty()) {
            disk.create(journal.resolve(
                            DataDirectory.segmentName(part.manifest().firstSegment())))
                    .close();
        }
        Manifest manifest = part.manifest();
        manifest.write(disk, target);
        disk.syncDirectory(journal);
        disk.syncDirectory(extents);
    }

    private void download(StoredObject object, Path target) throws IOException {
        readWhole(object.key(), () -> {
            if (disk.exists(target)) {
                disk.delete(target);
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, Math.max(1, object.bytes())));
            CRC32C crc = new CRC32C();
            try (DiskFile out = disk.create(target)) {
                for (long position = 0; position < object.bytes(); position += buffer.limit()) {
                    buffer.clear().limit((int) Math.min(buffer.capacity(), object.bytes() - position));
                    store.read(object.key(), position, buffer);
                    crc.update(buffer.flip());
                    out.writeFully(position, buffer.flip());
                }
                out.sync();
            }
            if ((int) crc.getValue() != object.checksum()) {
                throw new DamagedFileException(object.key(), 0, "the checksum of the object does not match");
            }
            return object;
        });
    }

    private interface Read<T> {
        T run() throws IOException;
    }

    /** Reads an object, again if the object store does not answer, or its answer is damaged on its way. */
    private static <T> T readWhole(String key, Read<T> read) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return read.run();
            } catch (NoSuchFileException | EOFException e) {
                throw new NotWholeException(key, e);
            } catch (DamagedFileException e) {
                if (attempt == ATTEMPTS) {
                    throw new NotWholeException(key, e);
                }
            } catch (IOException e) {
                if (attempt == ATTEMPTS || e instanceof DiskException) {
                    throw e;
                }
            }
        }
    }

    private void clear(Path target) throws IOException {
        for (Path shard : disk.directories(target)) {
            FileTree.delete(disk, shard);
        }
    }
}
