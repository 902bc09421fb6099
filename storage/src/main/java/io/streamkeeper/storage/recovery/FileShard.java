package io.streamkeeper.storage.recovery;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.directory.ObjectList;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.extent.ExtentConfig;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.FileExtentStore;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.extent.SpaceReserve;
import io.streamkeeper.storage.journal.FileLog;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.Segments;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.shard.ShardFaults;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a shard that is kept in files: recovers its state, and connects the parts that keep it. */
public final class FileShard {
    private static final Logger LOG = LoggerFactory.getLogger(FileShard.class);

    /**
     * A checkpoint begins at the latest when the backlog has used its memory divided by this number, so that the
     * checkpoint ends before all of it is used.
     */
    private static final int BACKLOG_PARTS = 4;

    private FileShard() {}

    /**
     * Opens shard {@code shard} of a data directory. When this returns, the loop of {@code threads} owns the store;
     * before it serves, the caller counts forks, see {@link RecoveredForks}, and settles the store.
     *
     * @param provider may replace the log and the extent files
     * @param budget the memory for bytes that are read from files
     * @throws IOException if the data is damaged or incomplete; the message contains the file, the position and the
     *     remedy
     */
    public static ShardStore open(
            Disk disk,
            DataDirectory data,
            int shard,
            StorageConfig config,
            StorageProvider provider,
            ShardThreads threads,
            ReadBudget budget,
            Clock clock,
            ShardStore.SourceReleaser releaser)
            throws IOException {
        long begunNanos = System.nanoTime();
        ShardFaults faults = new ShardFaults(shard, threads.loop());
        ShardThreads guarded = faults.guarded(threads);
        Path directory = data.shard(shard);
        Manifest manifest = data.manifest(disk, shard);
        MemoryBudget memory = new MemoryBudget(config.backlogBytesMax());
        ShardIdentity identity = new ShardIdentity(data.store(), shard, directory);
        ShardLog log = provider.log(
                identity, new FileLog(disk, directory, data.store(), shard, config.segmentBytes(), config.syncs()));
        ExtentFiles local = LocalExtentFiles.of(disk, directory);
        ExtentFiles files = provider.extentFiles(identity, local);
        if (files == local) {
            requireNoObjects(disk, directory);
        }
        Recovery recovery = new Recovery(directory.toString(), log, files, manifest, memory);
        Journal journal;
        try {
            recovery.run();
            // A killed process may have left a manifest that is not synced. A power cut would then restore the previous
            // manifest, and the removal below may have deleted files that it needs.
            disk.syncDirectory(directory);
            tidy(files, manifest);
            journal = log.open(memory, recovery.lastLsn(), guarded);
            provider.opened(identity, journal);
        } catch (IOException | RuntimeException | Error e) {
            recovery.close();
            throw e;
        }
        FileExtentStore extents = new FileExtentStore(
                files,
                written -> written.write(disk, directory),
                manifest,
                recovery.extents(),
                journal,
                extentConfig(config),
                new SpaceReserve(disk, directory, config.reserveBytes(), Segments.neededBytes(config.segmentBytes())),
                guarded,
                clock);
        ShardStore store = new ShardStore(
                shard, data.shards(), journal, extents, budget, clock, releaser, config.producers(), faults);
        List<StreamState> streams = recovery.takeStreams();
        store.start().recover(streams, recovery.lastGeneration(), config.checkpointMillis());
        extents.recovered(recovery.dirty(), memory.usedBytes(), recovery.lastGeneration(), recovery.newestMillis());
        LOG.info(
                "shard {}: {} streams, {} extent files, journal up to record {}, read in {} ms",
                shard,
                streams.size(),
                manifest.extents().size(),
                recovery.lastLsn(),
                (System.nanoTime() - begunNanos) / 1_000_000);
        return store;
    }

    /** Refuses a shard of which files are in an object store, which this start does not use. */
    private static void requireNoObjects(Disk disk, Path directory) throws IOException {
        if (ObjectList.exists(disk, directory)) {
            ObjectList list = ObjectList.read(disk, directory);
            if (!list.isEmpty()) {
                throw new IOException(ObjectList.in(directory) + " names objects at " + list.location()
                        + "; start the server with --tier " + list.location());
            }
        }
    }

    /** Limits the size of a checkpoint, because the configured one may exceed the limit of the backlog. */
    private static ExtentConfig extentConfig(StorageConfig config) {
        return new ExtentConfig(
                Math.min(config.checkpointBytes(), config.backlogBytesMax() / BACKLOG_PARTS),
                config.checkpointMillis(),
                config.compactedBytesMax());
    }

    /**
     * Removes the extents that a crash has left and the manifest does not list; none of them contains acknowledged
     * data.
     */
    private static void tidy(ExtentFiles files, Manifest manifest) throws IOException {
        Set<Long> named = new HashSet<>();
        manifest.extents().forEach(extent -> named.add(extent.file()));
        for (long number : files.list()) {
            if (!named.contains(number)) {
                files.delete(number);
            }
        }
    }
}
