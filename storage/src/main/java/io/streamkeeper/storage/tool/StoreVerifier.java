package io.streamkeeper.storage.tool;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.FileProblem;
import io.streamkeeper.storage.extent.Extent;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.FileLog;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.Recovery;
import io.streamkeeper.storage.shard.ShardState;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tier.StoredObjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks a data directory, whether its server is running or not, and checks that the files in the manifests exist, that
 * every checksum matches, and that a server would start: it runs the same code as a start, see {@link Recovery}, {@link
 * RecoveredForks} and {@link ShardStore#settle}. Changes nothing. Used by one thread, which may block.
 */
public final class StoreVerifier {
    /** The most walks of one shard: a running server may replace files during a walk. */
    private static final int ATTEMPTS = 5;

    /** The result of the walk of one shard. */
    private record Walked(ShardStore store, String summary) {}

    /**
     * The findings in a data directory.
     *
     * @param problems the errors with which a server does not start
     * @param losses inherited data of forks that cannot be read; a server starts, and refuses to read that data
     */
    public record Findings(List<String> problems, List<String> losses) {
        public Findings {
            problems = List.copyOf(problems);
            losses = List.copyOf(losses);
        }

        /** The problems, then the losses. */
        public List<String> all() {
            List<String> all = new ArrayList<>(problems);
            all.addAll(losses);
            return all;
        }
    }

    private final Disk disk;
    private final @Nullable StoredObjects objects;
    private final Consumer<String> report;

    /** A verifier of local files that reports each finding as one line. */
    public StoreVerifier(Disk disk, Consumer<String> report) {
        this(disk, null, report);
    }

    /**
     * A verifier that reports each finding as one line.
     *
     * @param objects the objects that are copies of extent files, which are checked too; null if there are none
     */
    public StoreVerifier(Disk disk, @Nullable StoredObjects objects, Consumer<String> report) {
        this.disk = disk;
        this.objects = objects;
        this.report = report;
    }

    /** Checks the directory at {@code path}; returns the problems and losses, an empty list if it finds none. */
    public List<String> verify(Path path) {
        try {
            DataDirectory data = DataDirectory.read(disk, path);
            if (data.isOfMember(disk)) {
                verifyMember(data);
                return List.of();
            }
            return find(data).all();
        } catch (IOException e) {
            String problem = FileProblem.text(e, path);
            report.accept(problem);
            return List.of(problem);
        }
    }

    /** Checks the extents of a member of a cluster; its latest records are in the log of the cluster. */
    private void verifyMember(DataDirectory data) throws IOException {
        report.accept("data directory " + data.path() + ": store " + data.store() + ", "
                + counted(data.shards(), "shard") + ", of a member of a cluster");
        for (int shard = 0; shard < data.shards(); shard++) {
            verifyMember(data, shard);
        }
    }

    private void verifyMember(DataDirectory data, int shard) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Manifest manifest = data.manifest(disk, shard);
            try {
                Path directory = data.shard(shard);
                int checked = objects == null ? 0 : objects.check(disk, directory);
                ExtentCheck.check(StoredObjects.files(disk, directory, objects), manifest);
                report.accept("shard " + shard + ": "
                        + counted(manifest.extents().size(), "extent file")
                        + (checked == 0 ? "" : ", " + counted(checked, "object"))
                        + ", checkpoint at record " + manifest.checkpointLsn()
                        + "; later records are in the log of the cluster, which each start of the member checks");
                return;
            } catch (IOException e) {
                // A running member may have removed files: the error is real if the manifest has not changed.
                if (attempt == ATTEMPTS || data.manifest(disk, shard).equals(manifest)) {
                    throw e;
                }
            }
        }
    }

    /** Checks a directory whose identity is known to the caller; it need not have a format file yet. */
    Findings find(DataDirectory data) {
        Findings found = attempt(data);
        for (int attempt = 2; attempt <= ATTEMPTS && !found.losses().isEmpty(); attempt++) {
            found = attempt(data);
        }
        found.all().forEach(report);
        return found;
    }

    /**
     * Walks all shards once. A running server may create a fork after the walk of its source's shard and before that of
     * its own shard, which then looks like a loss.
     */
    private Findings attempt(DataDirectory data) {
        List<String> problems = new ArrayList<>();
        List<ShardStore> stores = new ArrayList<>();
        report.accept(
                "data directory " + data.path() + ": store " + data.store() + ", " + counted(data.shards(), "shard"));
        try {
            for (int shard = 0; shard < data.shards(); shard++) {
                walk(data, shard, stores, problems);
            }
            return new Findings(problems, problems.isEmpty() ? settle(stores) : List.of());
        } finally {
            stores.forEach(ShardStore::close);
        }
    }

    private void walk(DataDirectory data, int shard, List<ShardStore> stores, List<String> problems) {
        String failure = "";
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                Walked walked = walk(data, shard);
                stores.add(walked.store());
                report.accept("shard " + shard + ": " + walked.summary());
                return;
            } catch (IOException e) {
                failure = "shard " + shard + ": " + FileProblem.text(e, data.shard(shard));
            } catch (RuntimeException e) {
                failure = "shard " + shard + ": " + e.getMessage();
            }
        }
        problems.add(failure);
    }

    /**
     * Recovers a shard as a start does, without changing its files, and checks the runs, which a start leaves to the
     * reads.
     */
    private Walked walk(DataDirectory data, int shard) throws IOException {
        Manifest manifest = data.manifest(disk, shard);
        Path directory = data.shard(shard);
        ExtentFiles files = StoredObjects.files(disk, directory, objects);
        int checked = objects == null ? 0 : objects.check(disk, directory);
        Recovery recovery = new Recovery(
                directory.toString(),
                new FileLog(disk, directory, data.store(), shard),
                files,
                manifest,
                new MemoryBudget(Long.MAX_VALUE));
        MemoryBudget nothing = new MemoryBudget(0);
        ShardStore store = new ShardStore(
                shard,
                data.shards(),
                new MemoryJournal(nothing),
                new MemoryExtentStore(nothing),
                new ReadBudget(0),
                Clock.SYSTEM,
                (source, generation, done) -> done.run(),
                ProducerLimits.DEFAULT);
        boolean recovered = false;
        try {
            recovery.run();
            long bytes = 0;
            for (Extent extent : recovery.extents()) {
                bytes += ExtentCheck.checkRuns(extent.file());
            }
            List<StreamState> streams = recovery.takeStreams();
            long live = streams.stream().filter(stream -> !stream.isDeleted()).count();
            store.start().recover(streams, recovery.lastGeneration(), ShardState.NOTHING_IS_KEPT);
            recovered = true;
            return new Walked(
                    store,
                    counted(live, "stream") + ", "
                            + counted(recovery.extents().size(), "extent file") + " with "
                            + counted(bytes, "byte") + " of data, "
                            + (checked == 0 ? "" : counted(checked, "object") + ", ") + "checkpoint at record "
                            + manifest.checkpointLsn()
                            + ", journal up to record " + recovery.lastLsn());
        } finally {
            if (!recovered) {
                store.start().recover(recovery.takeStreams(), 0, ShardState.NOTHING_IS_KEPT);
                store.close();
            }
            recovery.close();
        }
    }

    /**
     * Connects the forks, and drops the streams that nothing needs, as a start does; returns the losses of the forks.
     */
    private static List<String> settle(List<ShardStore> stores) {
        List<String> losses = RecoveredForks.connect(stores);
        stores.forEach(ShardStore::settle);
        return losses;
    }

    private static String counted(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
