package io.streamkeeper.storage.tool;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.Segments;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.recovery.LogToExtents;
import io.streamkeeper.storage.tier.StoredObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data directory with logs of its own from one whose logs are elsewhere, and which no process uses: the extents
 * are copied, also from an object store, and what only the logs have is written to further ones. The source and its
 * objects do not change. Used by one thread, which may block.
 *
 * <p>The copy is verified; the file that makes it a data directory is written last.
 */
public final class StoreExport {
    private static final long FIRST_SEGMENT = 1;

    private final Disk disk;
    private final @Nullable StoredObjects objects;
    private final StoreBackup copies;
    private final Consumer<String> report;

    /**
     * An export that reports each step as one line.
     *
     * @param objects the objects from which files are copied that are not on this machine; null if there are none
     */
    public StoreExport(Disk disk, @Nullable StoredObjects objects, Consumer<String> report) {
        this.disk = disk;
        this.objects = objects;
        this.copies = new StoreBackup(disk, objects, report);
        this.report = report;
    }

    /**
     * Makes {@code target}, which must be empty or not exist.
     *
     * @param logs the log of each shard, from which all have the records up to the same moment
     * @throws IOException if extents of the source are at another place, and nothing is made; or if the source is
     *     damaged, or the target is not empty or cannot be written
     */
    public void make(DataDirectory source, IntFunction<ShardLog> logs, Path target) throws IOException {
        copies.check(source.path(), target);
        List<ExtentFiles> extents = new ArrayList<>();
        for (int shard = 0; shard < source.shards(); shard++) {
            extents.add(StoredObjects.files(disk, source.shard(shard), objects));
        }
        StoreBackup.requireEmpty(disk, target);
        DataDirectory made = new DataDirectory(target, source.store(), source.shards());
        for (int shard = 0; shard < source.shards(); shard++) {
            makeShard(source, shard, extents.get(shard), logs.apply(shard), made.shard(shard));
        }
        StoreVerifier.Findings found = new StoreVerifier(disk, line -> {}).find(made);
        requireNone(target, found.problems());
        found.losses().forEach(loss -> report.accept("warning: " + loss));
        disk.syncDirectory(target);
        source.describe(disk, target);
    }

    private static void requireNone(Path target, List<String> problems) throws IOException {
        if (!problems.isEmpty()) {
            throw new IOException("the copy at " + target + " is not whole: " + problems.get(0));
        }
    }

    private void makeShard(DataDirectory source, int shard, ExtentFiles files, ShardLog log, Path to)
            throws IOException {
        Path from = source.shard(shard);
        Path journal = DataDirectory.journal(to);
        disk.createDirectories(journal);
        disk.createDirectories(DataDirectory.extents(to));
        Manifest manifest = source.manifest(disk, shard);
        copies.copyExtents(files, to, manifest);
        try (LogToExtents rest =
                new LogToExtents(from.toString(), log, files, manifest, LocalExtentFiles.of(disk, to))) {
            Manifest made = rest.write(FIRST_SEGMENT);
            Segments.writeEmpty(
                    disk,
                    journal.resolve(DataDirectory.segmentName(FIRST_SEGMENT)),
                    source.store(),
                    shard,
                    FIRST_SEGMENT,
                    made.checkpointLsn());
            made.write(disk, to);
            report.accept("shard " + shard + " of " + source.shards() + ": "
                    + made.extents().size() + " extent files, with everything up to record " + made.checkpointLsn());
        }
        disk.syncDirectory(journal);
        disk.syncDirectory(DataDirectory.extents(to));
        disk.syncDirectory(to);
    }
}
