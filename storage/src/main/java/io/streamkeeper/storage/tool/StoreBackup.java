package io.streamkeeper.storage.tool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentLayout;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.FrameLayout;
import io.streamkeeper.storage.journal.LogReader;
import io.streamkeeper.storage.tier.StoredObjects;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies a data directory, whether its server is running or not, to another directory that a server can use. Used by
 * one thread, which may block.
 *
 * <p>Extents do not change; the journal is copied up to the last complete frame. A shard is copied again if its
 * manifest has changed meanwhile. All shards are copied again if the copy contains a fork but not its source, because
 * the source's shard was copied earlier: the data to which a fork refers was durable before the fork. Data that is
 * missing in two successive copies is missing in the source directory too, with which a server also starts. The copy is
 * verified; the file that makes it a data directory is written last.
 */
public final class StoreBackup {
    private static final int ATTEMPTS = 20;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Disk disk;
    private final @Nullable StoredObjects objects;
    private final Consumer<String> report;

    /** A backup of local files that reports each step as one line. */
    public StoreBackup(Disk disk, Consumer<String> report) {
        this(disk, null, report);
    }

    /**
     * A backup that reports each step as one line.
     *
     * @param objects the objects from which files are copied that are not on this machine; null if there are none
     */
    public StoreBackup(Disk disk, @Nullable StoredObjects objects, Consumer<String> report) {
        this.disk = disk;
        this.objects = objects;
        this.report = report;
    }

    /**
     * Copies {@code source} to {@code target}, which must be empty or not exist.
     *
     * @throws IOException if the source is damaged, or the target is not empty or cannot be written
     */
    public void copy(Path source, Path target) throws IOException {
        check(source, target);
        DataDirectory data = DataDirectory.read(disk, source);
        if (data.isOfMember(disk)) {
            throw new IOException(
                    source + " is the data directory of a member of a cluster, whose latest records are in"
                            + " the log of the cluster, which this command does not copy; expected that of a server without a"
                            + " cluster. The command export makes one from it");
        }
        requireEmpty(disk, target);
        DataDirectory copy = new DataDirectory(target, data.store(), data.shards());
        StoreVerifier.Findings before = new StoreVerifier.Findings(List.of(), List.of());
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            for (int shard = 0; shard < data.shards(); shard++) {
                copyShard(data.shard(shard), copy.shard(shard), shard, data);
            }
            StoreVerifier.Findings found = new StoreVerifier(disk, line -> {}).find(copy);
            boolean isLossOfSource = attempt > 1 && found.losses().equals(before.losses());
            if (found.problems().isEmpty() && (found.losses().isEmpty() || isLossOfSource)) {
                found.losses().forEach(loss -> report.accept("warning: " + loss));
                // The format file makes it a data directory, so the names of its shards must be durable before that
                // file is written.
                disk.syncDirectory(target);
                data.describe(disk, target);
                report.accept("copied " + source + " to " + target + ", and verified the copy");
                return;
            }
            before = found;
        }
        throw new IOException(
                "the copy at " + target + " is not whole: " + before.all().get(0));
    }

    /**
     * Refuses to copy a directory into itself or into one that contains it, whatever names and links the two paths
     * have.
     *
     * @throws IOException if the two are the same directory, or one is inside the other
     */
    public void check(Path source, Path target) throws IOException {
        Path from = real(source);
        Path to = real(target);
        if (to.startsWith(from) || from.startsWith(to)) {
            throw new IOException(
                    target + (to.equals(from) ? " is " : to.startsWith(from) ? " is inside " : " contains ") + source
                            + ", which is to be copied; name a directory beside it");
        }
    }

    /** Creates a directory, or refuses one that has something in it. */
    static void requireEmpty(Disk disk, Path target) throws IOException {
        DataDirectory.makePath(disk, target);
        List<String> there = new ArrayList<>(disk.list(target));
        there.remove(DataDirectory.LOCK);
        if (!there.isEmpty()) {
            throw new IOException(target + " is not empty: \"" + there.get(0) + "\" is in it; name a new directory");
        }
    }

    /** The real location of a path: links are resolved in the part of it that exists. */
    private static Path real(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        for (Path there = absolute; there != null; there = there.getParent()) {
            if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
                return there.toRealPath().resolve(there.relativize(absolute)).normalize();
            }
        }
        return absolute.normalize();
    }

    private void copyShard(Path source, Path target, int shard, DataDirectory data) throws IOException {
        disk.createDirectories(DataDirectory.journal(target));
        disk.createDirectories(DataDirectory.extents(target));
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Manifest manifest = Manifest.read(disk, source);
            try {
                copyExtents(StoredObjects.files(disk, source, objects), target, manifest);
                copyJournal(source, target, manifest);
            } catch (NoSuchFileException e) {
                continue;
            } catch (IOException e) {
                // A checkpoint may have released segments during the copy: the error is real only if the manifest has
                // not changed.
                if (Manifest.read(disk, source).equals(manifest)) {
                    throw e;
                }
                continue;
            }
            if (Manifest.read(disk, source).equals(manifest)) {
                manifest.write(disk, target);
                disk.syncDirectory(DataDirectory.journal(target));
                disk.syncDirectory(DataDirectory.extents(target));
                report.accept("shard " + shard + " of " + data.shards() + ": "
                        + manifest.extents().size() + " extent files and the journal");
                return;
            }
        }
        throw new IOException("shard " + shard + " changes faster than it can be copied; try again with less load");
    }

    /** Copies the extent files that a manifest names, and removes others. */
    void copyExtents(ExtentFiles source, Path target, Manifest manifest) throws IOException {
        List<String> wanted = new ArrayList<>();
        for (Manifest.ExtentRef extent : manifest.extents()) {
            String name = ExtentLayout.name(extent.file());
            wanted.add(name);
            Path to = DataDirectory.extents(target).resolve(name);
            if (!disk.exists(to)) {
                try (ExtentFiles.Input from = source.open(extent.file())) {
                    copyFile(from, to, extent.bytes());
                }
            }
        }
        for (String name : disk.list(DataDirectory.extents(target))) {
            if (!wanted.contains(name)) {
                disk.delete(DataDirectory.extents(target).resolve(name));
            }
        }
    }

    private void copyJournal(Path source, Path target, Manifest manifest) throws IOException {
        Path from = DataDirectory.journal(source);
        Path to = DataDirectory.journal(target);
        for (String name : disk.list(to)) {
            disk.delete(to.resolve(name));
        }
        LogReader.Log log = new LogReader(disk, from, manifest.store(), manifest.shard())
                .read(manifest.firstSegment(), manifest.checkpointLsn(), new LogReader.Visitor() {
                    @Override
                    public ByteBuf buffer(int bytes) {
                        return Unpooled.buffer(bytes, bytes);
                    }

                    @Override
                    public void frame(ByteBuf buffer, int index, FrameLayout.Header header) {
                        // Only the ends of the frames are needed.
                    }
                });
        for (Map.Entry<Long, Long> segment : log.ends().entrySet()) {
            String name = DataDirectory.segmentName(segment.getKey());
            try (ExtentFiles.Input file = LocalExtentFiles.open(disk, from.resolve(name))) {
                copyFile(file, to.resolve(name), segment.getValue());
            }
        }
        if (log.ends().isEmpty()) {
            disk.create(to.resolve(DataDirectory.segmentName(manifest.firstSegment())))
                    .close();
        }
    }

    private void copyFile(ExtentFiles.Input source, Path target, long bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        boolean whole = false;
        try (DiskFile out = disk.create(target)) {
            for (long position = 0; position < bytes; position += buffer.capacity()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - position));
                source.read(position, buffer);
                out.writeFully(position, buffer.flip());
            }
            out.sync();
            whole = true;
        } finally {
            if (!whole && disk.exists(target)) {
                disk.delete(target);
            }
        }
    }
}
