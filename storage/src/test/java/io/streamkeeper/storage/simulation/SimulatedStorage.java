package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskException.Operation;
import io.streamkeeper.storage.disk.FaultyDisk;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.MemoryExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ScriptedLog;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.StoredObjects;
import io.streamkeeper.storage.tier.Tier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What replaces parts of the directory, over all lives of the process: logs that follow a script, and extent files that
 * are the objects of a store, of which the operations meet the faults that those of the disk meet, and stop with it.
 * Belongs to one thread.
 */
final class SimulatedStorage implements StorageProvider {
    private final SimulatedDisk disk;
    private final FaultyDisk.Faults faults;
    private final Settings settings;
    private final Random scripts;
    private final Consumer<String> reach;
    private final ScriptedObjects store = new ScriptedObjects();
    private final TierScript tierScript;
    private final Map<Integer, MemoryExtentFiles> extents = new TreeMap<>();
    private final Map<Integer, ScriptedLog> logs = new TreeMap<>();
    private final Disk tierDisk;
    private final Clock clock;
    private @Nullable Tier tier;

    /**
     * Storage for the settings of a seed.
     *
     * @param tierDisk the disk on which the tier works, with its faults
     * @param seed of the scripts, which shift no other draw
     * @param reach takes the moves of scripts
     */
    SimulatedStorage(
            SimulatedDisk disk,
            Disk tierDisk,
            FaultyDisk.Faults faults,
            Settings settings,
            Clock clock,
            long seed,
            Consumer<String> reach) {
        this.tierDisk = tierDisk;
        this.clock = clock;
        this.tierScript = new TierScript(disk, store, new Random(seed ^ 0x74696572), reach);
        this.disk = disk;
        this.faults = faults;
        this.settings = settings;
        this.scripts = new Random(seed);
        this.reach = reach;
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) throws IOException {
        if (settings.tiered()) {
            if (tier == null) {
                tier = tierScript.tier(tierDisk, clock);
            }
            return tier.extentFiles(shard, local);
        }
        return settings.objects()
                ? new FaultyFiles(
                        DataDirectory.extents(shard.directory()),
                        extents.computeIfAbsent(shard.shard(), number -> new MemoryExtentFiles()))
                : local;
    }

    @Override
    public void opened(ShardIdentity shard, Journal journal) {
        if (tier != null) {
            tier.opened(shard, journal);
        }
    }

    /** Snapshots contain the segments of journals in files, and no others. */
    @Override
    public void started(DataDirectory data) throws IOException {
        if (tier != null) {
            tierScript.begin(tier, data, !settings.scripted());
        }
    }

    @Override
    public ShardLog log(ShardIdentity shard, ShardLog local) {
        return settings.scripted()
                ? logs.computeIfAbsent(shard.shard(), number -> new ScriptedLog(new Random(scripts.nextLong()), reach))
                : local;
    }

    /** What the thread of the tier does in one turn; {@code others} are the tasks of other threads meanwhile. */
    void stepTier(Runnable others) {
        if (tier != null) {
            tierScript.step(tier, others);
        }
    }

    /** The object store works from now on, until {@link #beginTierFaults}. */
    void endTierFaults() {
        tierScript.end();
    }

    /** The object store works as it likes from now on. */
    void beginTierFaults() {
        if (settings.tiered()) {
            tierScript.begin();
        }
    }

    /** No object is forgotten, and none that is needed is missing. */
    void checkObjects(List<Path> shards) throws IOException {
        if (settings.tiered()) {
            tierScript.check(disk, World.DATA, shards);
        }
    }

    /** The objects, for tools; null if the seed has none. */
    @Nullable
    StoredObjects objects() {
        return settings.tiered() ? tierScript.objects() : null;
    }

    /** Restores the newest snapshot to a directory, and verifies it; returns whether there is one. */
    boolean restoreSnapshot(Path target) throws IOException {
        return settings.tiered() && tierScript.restore(disk, World.DATA, target);
    }

    /** The process ends, in whatever way. */
    void crash() {
        tier = null;
        extents.values().forEach(MemoryExtentFiles::crash);
        logs.values().forEach(ScriptedLog::crash);
    }

    /** Whether from now on the logs commit everything at once. */
    void calm(boolean isCalm) {
        logs.values().forEach(log -> log.calm(isCalm));
    }

    void checkClosed() {
        extents.values()
                .forEach(files -> assertThat(files.openCount())
                        .as("objects that are open")
                        .isZero());
    }

    /** Objects of one shard, which fail as files in {@code directory} do. */
    private final class FaultyFiles implements ExtentFiles {
        private final Path directory;
        private final MemoryExtentFiles files;

        FaultyFiles(Path directory, MemoryExtentFiles files) {
            this.directory = directory;
            this.files = files;
        }

        private void before(Operation operation, long number) throws IOException {
            Path path = directory.resolve("object-" + number);
            if (disk.isStopped()) {
                throw new DiskException(operation, path, "simulated: the world has stopped");
            }
            faults.before(operation, path);
        }

        @Override
        public Output create(long number) throws IOException {
            before(Operation.CREATE, number);
            Output output = files.create(number);
            return new Output() {
                @Override
                public void write(ByteBuffer bytes) throws IOException {
                    before(Operation.WRITE, number);
                    output.write(bytes);
                }

                @Override
                public void sync() throws IOException {
                    before(Operation.SYNC, number);
                    output.sync();
                }

                @Override
                public void seal() throws IOException {
                    before(Operation.SYNC_DIRECTORY, number);
                    output.seal();
                }

                @Override
                public void close() throws IOException {
                    output.close();
                }
            };
        }

        @Override
        public Input open(long number) throws IOException {
            before(Operation.OPEN, number);
            Input input = files.open(number);
            return new Input() {
                @Override
                public long size() throws IOException {
                    before(Operation.SIZE, number);
                    return input.size();
                }

                @Override
                public void read(long position, ByteBuffer into) throws IOException {
                    before(Operation.READ, number);
                    input.read(position, into);
                }

                @Override
                public void close() throws IOException {
                    input.close();
                }
            };
        }

        @Override
        public void delete(long number) throws IOException {
            before(Operation.DELETE, number);
            files.delete(number);
        }

        @Override
        public List<Long> list() throws IOException {
            before(Operation.LIST, 0);
            return files.list();
        }

        @Override
        public String name(long number) {
            return files.name(number);
        }

        @Override
        public long usableBytes() {
            return files.usableBytes();
        }
    }
}
