package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
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
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A directory of format version 3, which the server of that version left when it was killed. */
class Version3DirectoryTest {
    private static final Path DATA = Path.of("/data");
    private static final StorageConfig CONFIG =
            new StorageConfig(true, 1 << 20, 1_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);

    /** The own bytes of each stream, or the code of the refusal. */
    private static final Map<String, String> SERVED = new TreeMap<>(Map.of(
            "plain", "one two three",
            "ttl", "lives",
            "kept", "cd",
            "closed", "end",
            "json", "1,2,3,",
            "source", "stream_deleted",
            "fork", "def",
            "gone", "stream_not_found",
            "late", "late"));

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    private final ManualClock clock = new ManualClock(1_796_000_000_000L);
    private SimulatedThreads threads;
    private List<ShardStore> shards;

    Version3DirectoryTest() throws IOException {
        new DirectoryFixture("v3-plain").unpack(disk, DATA);
    }

    private void start() throws IOException {
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
                    (path, generation) -> threads.loop.execute(() -> store(path).releaseSource(generation))));
        }
        assertThat(RecoveredForks.connect(shards)).isEmpty();
        shards.forEach(ShardStore::settle);
        threads.runAll();
    }

    private void stop() {
        shards.forEach(ShardStore::close);
        threads.runAll();
        disk.killProcess();
    }

    private ShardStore store(StreamPath path) {
        return shards.get(path.shard(shards.size()));
    }

    private StreamState stream(String path) {
        return store(new StreamPath(path)).open(new StreamPath(path), false);
    }

    private String text(String path) {
        StreamState stream;
        try {
            stream = stream(path);
        } catch (RefusedException e) {
            return e.refusal().code().code();
        }
        Answer answer = new Answer();
        long from = Math.max(stream.ownStart(), stream.durableEarliest());
        store(stream.path()).read(stream, from, Buffers.NONE, from, 1 << 20, answer);
        threads.runAll();
        ByteBuf bytes = answer.as(Outcome.Chunk.class).bytes();
        String text = bytes.toString(UTF_8);
        bytes.release();
        return text;
    }

    private void assertServed() {
        Map<String, String> all = new TreeMap<>();
        SERVED.keySet().forEach(path -> all.put(path, text(path)));
        assertThat(all).isEqualTo(SERVED);
        assertThat(stream("ttl").expiry()).isEqualTo(new Expiry.Ttl(31_536_000));
        assertThat(stream("late").retention()).isEqualTo(new Retention(31_536_000, -1, -1));
    }

    @Test
    void theTimeOfAnAppendIsKnownIfItsRecordIsInTheJournal() throws IOException {
        start();
        assertThat(stream("plain").info().lastAppendAt()).isEqualTo("2026-11-27T00:35:22Z");
        assertThat(stream("json").info().lastAppendAt())
                .as("it is only in a file")
                .isNull();

        store(new StreamPath("json"))
                .append(AppendRequest.to("json").json("[4]").command(), new Answer());
        threads.runAll();

        assertThat(stream("json").info().appendedSeconds()).isEqualTo(clock.nowMillis() / 1_000);
        stop();
    }

    @Test
    void whatVersion3WroteIsServedAndCanBeChanged() throws IOException {
        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
        start();
        assertServed();
        Answer answer = new Answer();
        StreamPath plain = new StreamPath("plain");
        MetadataChange change = new MetadataChange(null, new Expiry.Ttl(60), null, 1_000L, null);
        store(plain).change(new Command.Change(plain, change, Preconditions.NONE), answer);
        threads.runAll();
        assertThat(answer.word()).isEqualTo("changed");
        stop();

        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
        start();
        assertServed();
        assertThat(stream("plain").retention()).isEqualTo(new Retention(-1, 1_000, -1));
        stop();
    }
}
