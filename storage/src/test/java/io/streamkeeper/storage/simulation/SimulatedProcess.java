package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.ProcessMemory;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.tool.StoreConversion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A server's storage from a start to an end: several shards on one data directory, each with a loop of its own.
 * Releases of fork sources are messages between the loops.
 */
final class SimulatedProcess {
    /** Few, so that commands come between two pieces of what became durable together. */
    private static final int PIECE_RECORDS = 2;

    /** Little, so that short streams have many joined chunks. */
    private static final int CHUNK_BYTES = 16;

    /** A shard and the thread that owns it. */
    record Shard(int number, ShardStore store, Executor loop) {}

    final Threads threads;
    final List<Shard> shards = new ArrayList<>();
    private final ProcessMemory memory;
    private final Faults faults;
    private final ReadBudget reads;
    private final IntConsumer released;

    private SimulatedProcess(
            Random random, Settings settings, Faults faults, Consumer<Throwable> thrown, IntConsumer released) {
        this.faults = faults;
        this.reads = new ReadBudget(new Budget("reads", settings.readBytesMax()), settings.readBytesMax(), CHUNK_BYTES);
        this.released = released;
        memory = ProcessMemory.begin();
        threads = new Threads(random, thrown);
    }

    /**
     * Starts on what is in {@code directory}; a start that fails leaves nothing running.
     *
     * @param copies the copies of the shards, which say what these are kept in
     * @param released takes the number of each shard on which a fork gives its source back
     */
    static SimulatedProcess start(
            Random random,
            Disk disk,
            Path directory,
            Settings settings,
            Copies copies,
            Clock clock,
            Faults faults,
            Consumer<Throwable> thrown,
            IntConsumer released)
            throws IOException {
        SimulatedProcess process = new SimulatedProcess(random, settings, faults, thrown, released);
        try {
            process.open(disk, directory, settings, copies, clock);
            return process;
        } catch (IOException | RuntimeException | Error e) {
            process.kill();
            throw e;
        }
    }

    private void open(Disk disk, Path directory, Settings settings, Copies copies, Clock clock) throws IOException {
        StoreConversion.run(disk, directory, line -> {});
        DataDirectory data = DataDirectory.open(disk, directory, 0, settings.shards(), false);
        Executor background = faults.thread(threads.thread());
        for (int i = 0; i < settings.shards(); i++) {
            int shard = i;
            Executor loop = threads.thread();
            ShardStore store = FileShard.open(
                    disk,
                    data,
                    i,
                    settings.config(),
                    copies,
                    new ShardThreads(
                            loop, faults.thread(threads.thread()), background, faults.thread(threads.thread())),
                    reads,
                    faults.clock(clock),
                    (source, generation, done) -> release(source, generation, shard, done));
            store.publishIn(loop, PIECE_RECORDS);
            shards.add(new Shard(i, store, loop));
        }
        assertThat(RecoveredForks.connect(shards.stream().map(Shard::store).toList()))
                .as("what forks have lost")
                .isEmpty();
        copies.recovered(shards);
        shards.forEach(shard -> shard.store().settle());
        copies.started(data);
    }

    private void release(StreamPath source, long generation, int caller, Runnable done) {
        Shard owner = of(source.value());
        run(owner, () -> {
            released.accept(owner.number());
            owner.store().releaseSource(generation, () -> run(shards.get(caller), done));
        });
    }

    /** Runs a task of a shard's own, as the server does: what it throws fails the shard. */
    void run(Shard shard, Runnable task) {
        shard.loop().execute(() -> {
            try {
                task.run();
            } catch (Faults.InjectedError | Faults.InjectedException e) {
                shard.store().fail(e);
            }
        });
    }

    /** Carries a step of a command out, as the server does: what it throws is what the command is refused with. */
    static void attempt(ShardStore store, Consumer<Refusal> refused, Runnable step) {
        long lsnBefore = store.lastLsn();
        try {
            step.run();
        } catch (Faults.InjectedError | Faults.InjectedException e) {
            refused.accept(store.faultIn(e, lsnBefore));
        }
    }

    /** How much memory reads hold. */
    long readBytes() {
        return reads.usedBytes();
    }

    Shard of(String path) {
        return shards.get(new StreamPath(path).shard(shards.size()));
    }

    /** Ends as SIGTERM ends it: everything that waits is done, and all memory is released that no thread refused to. */
    void stop() {
        threads.runAll();
        for (Shard shard : shards) {
            shard.loop().execute(shard.store()::close);
        }
        threads.runAll();
        if (faults.hasRefusedTasks()) {
            memory.free();
        } else {
            memory.assertReleased();
        }
    }

    /** Ends in the middle of what it does. */
    void kill() {
        threads.stop();
        memory.free();
    }
}
