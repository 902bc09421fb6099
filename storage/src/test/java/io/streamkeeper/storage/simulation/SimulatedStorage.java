package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskException.Operation;
import io.streamkeeper.storage.disk.FaultyDisk;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.MemoryExtentFiles;
import io.streamkeeper.storage.journal.ScriptedLog;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.provider.ShardIdentity;
import io.streamkeeper.storage.provider.StorageProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

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
    private final Map<Integer, MemoryExtentFiles> objects = new TreeMap<>();
    private final Map<Integer, ScriptedLog> logs = new TreeMap<>();

    /**
     * Storage for the settings of a seed.
     *
     * @param seed of the scripts, which shift no other draw
     * @param reach takes the moves of scripts
     */
    SimulatedStorage(
            SimulatedDisk disk, FaultyDisk.Faults faults, Settings settings, long seed, Consumer<String> reach) {
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
    public ExtentFiles extentFiles(ShardIdentity shard, ExtentFiles local) {
        return settings.objects()
                ? new FaultyFiles(
                        DataDirectory.extents(shard.directory()),
                        objects.computeIfAbsent(shard.shard(), number -> new MemoryExtentFiles()))
                : local;
    }

    @Override
    public ShardLog log(ShardIdentity shard, ShardLog local) {
        return settings.scripted()
                ? logs.computeIfAbsent(shard.shard(), number -> new ScriptedLog(new Random(scripts.nextLong()), reach))
                : local;
    }

    /** The process ends, in whatever way. */
    void crash() {
        objects.values().forEach(MemoryExtentFiles::crash);
        logs.values().forEach(ScriptedLog::crash);
    }

    /** Whether from now on the logs commit everything at once. */
    void calm(boolean isCalm) {
        logs.values().forEach(log -> log.calm(isCalm));
    }

    void checkClosed() {
        objects.values()
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
