package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A directory that the server of a former format version left when it was killed, and its shards while they run. */
abstract class FormerDirectory {
    static final Path DATA = Path.of("/data");
    private static final StorageConfig CONFIG =
            new StorageConfig(true, 1 << 20, 1_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);

    final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    final ManualClock clock;
    SimulatedThreads threads;
    List<ShardStore> shards;

    FormerDirectory(String fixture, long nowMillis) throws IOException {
        clock = new ManualClock(nowMillis);
        new DirectoryFixture(fixture).unpack(disk, DATA);
    }

    final void start() throws IOException {
        threads = new SimulatedThreads(new Random(1));
        shards = new ArrayList<>();
        DataDirectory data = DataDirectory.open(disk, DATA, 0, 2, true);
        for (int shard = 0; shard < data.shards(); shard++) {
            shards.add(FileShard.open(
                    disk,
                    data,
                    shard,
                    CONFIG,
                    StorageProvider.LOCAL,
                    threads.threads(),
                    new ReadBudget(1 << 26),
                    clock,
                    (path, generation, done) ->
                            threads.loop.execute(() -> store(path).releaseSource(generation, done))));
        }
        assertThat(RecoveredForks.connect(shards)).as("what forks have lost").isEmpty();
        shards.forEach(ShardStore::settle);
        threads.runAll();
    }

    final void stop() {
        shards.forEach(ShardStore::close);
        threads.runAll();
        disk.killProcess();
    }

    final ShardStore store(StreamPath path) {
        return shards.get(path.shard(shards.size()));
    }

    final StreamState stream(String path) {
        return store(new StreamPath(path)).open(new StreamPath(path), false);
    }

    /** The text that a test expects of a stream. */
    abstract String text(StreamState stream);

    /** The text of each stream, or the code of the refusal. */
    final Map<String, String> texts(Set<String> paths) {
        Map<String, String> all = new TreeMap<>();
        paths.forEach(path -> all.put(path, text(path)));
        return all;
    }

    private String text(String path) {
        StreamState stream;
        try {
            stream = stream(path);
        } catch (RefusedException e) {
            return e.refusal().code().code();
        }
        return text(stream);
    }

    /** The stream's own bytes from a position on. */
    final String ownText(StreamState stream, long from) {
        Answer answer = new Answer();
        store(stream.path()).read(stream, from, Buffers.NONE, from, 1 << 20, answer);
        threads.runAll();
        return taken(answer.as(Outcome.Chunk.class).bytes());
    }

    static String taken(ByteBuf bytes) {
        String text = bytes.toString(UTF_8);
        bytes.release();
        return text;
    }
}
