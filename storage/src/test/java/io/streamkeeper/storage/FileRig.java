package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.ProcessMemory;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** A shard in files of a simulated disk, whose threads run when the test says so. */
final class FileRig {
    static final Path DATA = Path.of("/data");
    static final Path SHARD = DATA.resolve("shard-000");

    final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    final ManualClock clock = new ManualClock(1_700_000_000_000L);
    StorageConfig config = new StorageConfig(true, 1 << 20, 1_000_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);
    ReadBudget reads = new ReadBudget(1 << 26);
    SimulatedThreads threads;
    ShardStore store;

    /** What forks have lost, as the last start has found it. */
    List<String> losses = List.of();

    private ProcessMemory memory;
    private final Function<FileRig, StorageProvider> storage;

    FileRig() throws IOException {
        this(rig -> StorageProvider.LOCAL);
    }

    /** A shard of which {@code storage} gives the provider at each start. */
    FileRig(Function<FileRig, StorageProvider> storage) throws IOException {
        this.storage = storage;
        disk.createDirectories(DATA);
        DataDirectory.open(disk, DATA, 0, 1, false);
        disk.syncDirectory(DATA);
        start();
    }

    void start() throws IOException {
        memory = ProcessMemory.begin();
        try {
            open();
        } catch (IOException | RuntimeException e) {
            memory.free();
            throw e;
        }
    }

    private void open() throws IOException {
        StorageProvider provider = storage.apply(this);
        DataDirectory data = DataDirectory.open(disk, DATA, 0, 1, true);
        threads = new SimulatedThreads(new Random(1));
        store = FileShard.open(
                disk,
                data,
                0,
                config,
                provider,
                threads.threads(),
                reads,
                clock,
                (path, generation, done) -> threads.loop.execute(() -> store.releaseSource(generation, done)));
        losses = RecoveredForks.connect(List.of(store));
        store.settle();
        provider.started(data);
        threads.runAll();
    }

    void cutPower() {
        end();
        disk.cutPower();
    }

    void kill() {
        end();
        disk.killProcess();
    }

    /** The process ends by itself; fails if the store has not released all its memory. */
    void stop() {
        threads.runAll();
        store.close();
        threads.runAll();
        memory.assertReleased();
        disk.killProcess();
    }

    private void end() {
        disk.stop();
        threads.stop();
        memory.free();
    }

    void restart() throws IOException {
        cutPower();
        start();
    }

    /** Ends by itself, and starts with another configuration. */
    void restartWith(StorageConfig newConfig) throws IOException {
        stop();
        config = newConfig;
        start();
    }

    /** Makes a checkpoint, and the compactions that it brings. */
    void checkpoint() {
        clock.advance(2_000_000);
        for (int i = 0; i < 20; i++) {
            store.checkpointAndCompact();
            threads.runAll();
        }
    }

    /** Does the work in the background that is due now. */
    void step() {
        step(3);
    }

    /** Continues that work {@code turns} times. */
    void step(int turns) {
        for (int i = 0; i < turns; i++) {
            store.checkpointAndCompact();
            threads.runAll();
        }
    }

    Answer create(CreateRequest request) {
        Answer answer = new Answer();
        store.create(request.command(), null, answer);
        threads.runAll();
        return answer;
    }

    /** Creates a fork; its source must be in the state that the request expects. */
    Answer fork(CreateRequest request) {
        Answer answer = new Answer();
        Command.Create command = request.command();
        store.create(command, Taken.pin(store, command), answer);
        threads.runAll();
        return answer;
    }

    Answer append(AppendRequest request) {
        Answer answer = new Answer();
        store.append(request.command(), answer);
        threads.runAll();
        return answer;
    }

    Answer append(String path, String text) {
        return append(AppendRequest.to(path).text(text));
    }

    Answer delete(String path) {
        Answer answer = new Answer();
        store.delete(new Command.Delete(new StreamPath(path), Preconditions.NONE), answer);
        threads.runAll();
        return answer;
    }

    Answer change(String path, MetadataChange change) {
        return change(path, change, Preconditions.NONE);
    }

    Answer change(String path, MetadataChange change, Preconditions preconditions) {
        Answer answer = new Answer();
        store.change(new Command.Change(new StreamPath(path), change, preconditions), answer);
        threads.runAll();
        return answer;
    }

    StreamState stream(String path) {
        return store.open(new StreamPath(path), true);
    }

    /** What a reader gets of a stream's own bytes: the text, or the code of the refusal. */
    String read(String path) {
        StreamState stream;
        try {
            stream = stream(path);
        } catch (RefusedException e) {
            return e.refusal().code().code();
        }
        Answer answer = new Answer();
        long from = Math.max(stream.ownStart(), stream.durableEarliest());
        store.read(stream, from, Buffers.NONE, from, 1 << 20, answer);
        threads.runAll();
        if (answer.outcome() instanceof Refusal refusal) {
            return refusal.code().code();
        }
        Outcome.Chunk chunk = answer.as(Outcome.Chunk.class);
        String text = chunk.bytes().toString(UTF_8);
        chunk.bytes().release();
        return text;
    }

    /** The bytes that a fork inherits from {@code from} on, as text. */
    String inherited(String fork, long from) {
        Taken<ShardStore.Inherited> read = new Taken<>();
        store.readInherited(stream(fork).lineage().at(from), from, 1 << 20, read);
        threads.runAll();
        String text = read.get().bytes().toString(UTF_8);
        read.get().bytes().release();
        return text;
    }

    List<Path> files(String ending) {
        return disk.files().stream()
                .filter(file -> file.toString().endsWith(ending))
                .toList();
    }

    /** The first segment that was begun; the one before it was there from the beginning and stays empty. */
    Path segmentInUse() {
        return files(".wal").stream()
                .filter(file -> disk.size(file) > 0)
                .findFirst()
                .orElseThrow();
    }
}
