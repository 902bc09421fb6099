package io.streamkeeper.storage;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** One shard in a directory of the real disk, whose tasks run one after the other: to measure what streams take. */
final class RealStore implements AutoCloseable {
    private static final int TASKS_BATCH = 512;
    private static final int JOBS = 6;

    private final SimulatedThreads simulated = new SimulatedThreads(new Random(1));
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final Budget heap;
    private final ShardStore store;
    private int commands;
    private Outcome last = new Outcome.Deleted();

    /** Opens the shard in {@code directory}, as a server does at its start, and counts the heap of its streams. */
    RealStore(Path directory, Budget heap) throws IOException {
        this.heap = heap;
        Disk disk = new LocalDisk();
        store = FileShard.open(
                disk,
                DataDirectory.open(disk, directory, 0, 1, false),
                0,
                new StorageConfig(
                        false, 1 << 24, 1_000_000, 1 << 20, 1 << 26, new ProducerLimits(1_000_000, 1_000_000)),
                StorageProvider.LOCAL,
                threads(),
                new ReadBudget(1 << 20),
                clock,
                (path, generation, done) -> simulated.loop.execute(() -> releaseSource(generation, done)));
        RecoveredForks.connect(List.of(store));
        store.settle();
        store.limitHeap(heap);
        runAll();
    }

    private ShardThreads threads() {
        return simulated.threads();
    }

    private void releaseSource(long generation, Runnable done) {
        store.releaseSource(generation, done);
    }

    private void runAll() {
        simulated.runAll();
    }

    Budget heap() {
        return heap;
    }

    int streamCount() {
        return store.streamCount();
    }

    void create(CreateRequest request) {
        Command.Create command = request.command();
        if (command.fork() == null) {
            store.create(command, null, this::answered);
        } else {
            runAll();
            store.create(command, Taken.pin(store, command), this::answered);
            runAll();
        }
        executed();
    }

    void append(AppendRequest request) {
        store.append(request.command(), this::answered);
        executed();
    }

    void delete(String path) {
        store.delete(new Command.Delete(new StreamPath(path), Preconditions.NONE), this::answered);
        executed();
    }

    private void answered(Outcome outcome) {
        if (!(outcome instanceof Refusal refusal) || refusal.code() == ErrorCode.OVERLOADED) {
            last = outcome;
        }
    }

    /** Runs the tasks that commands have submitted, and the jobs that are due, from time to time. */
    private void executed() {
        commands++;
        if (commands % TASKS_BATCH == 0) {
            runAll();
            store.checkpointAndCompact();
            runAll();
        }
    }

    /** Whether there was no heap for the last command. */
    boolean isFull() {
        return last instanceof Refusal;
    }

    /** Makes a checkpoint and the compactions that it brings. */
    void checkpoint() {
        runAll();
        clock.advance(2_000_000);
        for (int i = 0; i < JOBS; i++) {
            store.checkpointAndCompact();
            runAll();
        }
    }

    @Override
    public void close() {
        runAll();
        store.close();
        runAll();
    }
}
