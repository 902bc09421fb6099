package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.disk.SimulatedDisk;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A directory of format version 2, which the server of that version left when it was killed: deletions and trims that
 * do not say what forks keep are in its extents and in its journal.
 */
class Version2DirectoryTest {
    private static final Path DATA = Path.of("/data");
    private static final StorageConfig CONFIG =
            new StorageConfig(true, 1 << 20, 1_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);

    /** What the server of version 2 served, or the code of its refusal. */
    private static final Map<String, String> SERVED = new TreeMap<>(Map.ofEntries(
            Map.entry("plain", "kept!?"),
            Map.entry("closed", "end"),
            Map.entry("gone1", "stream_not_found"),
            Map.entry("gone2", "stream_not_found"),
            Map.entry("deleted-later", "stream_not_found"),
            Map.entry("source1", "stream_deleted"),
            Map.entry("fork1", "abcdef"),
            Map.entry("source2", "stream_deleted"),
            Map.entry("fork2", "ghijkl"),
            Map.entry("source3", "new"),
            Map.entry("fork3", "stream_not_found"),
            Map.entry("trimmed1", "jkl"),
            Map.entry("trimmed2", "fgh"),
            Map.entry("kept1", "hij"),
            Map.entry("of-kept1", "bcd-"),
            Map.entry("kept2", "hij"),
            Map.entry("of-kept2", "bcd-"),
            Map.entry("released", "hij"),
            Map.entry("of-released", "stream_not_found"),
            Map.entry("root", "stream_deleted"),
            Map.entry("middle", "stream_deleted"),
            Map.entry("leaf", "rml")));

    private static final int STREAMS = 13;
    private static final int KEPT_FOR_FORKS = 4;

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    private final ManualClock clock = new ManualClock(1_800_000_000_000L);
    private SimulatedThreads threads;
    private List<ShardStore> shards;

    Version2DirectoryTest() throws IOException {
        new DirectoryFixture("v2-forks").unpack(disk, DATA);
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
        assertThat(RecoveredForks.connect(shards)).as("what forks have lost").isEmpty();
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
        StringBuilder text = new StringBuilder();
        long position = stream.durableEarliest();
        while (position < stream.ownStart()) {
            Lineage run = stream.lineage().at(position);
            Taken<ShardStore.Inherited> read = new Taken<>();
            store(run.path()).readInherited(run, position, 1 << 20, read);
            threads.runAll();
            text.append(taken(read.get().bytes()));
            position = read.get().end();
        }
        Answer answer = new Answer();
        store(stream.path()).read(stream, position, Buffers.NONE, position, 1 << 20, answer);
        threads.runAll();
        return text.append(taken(answer.as(Outcome.Chunk.class).bytes())).toString();
    }

    private static String taken(ByteBuf bytes) {
        String text = bytes.toString(UTF_8);
        bytes.release();
        return text;
    }

    private Map<String, String> texts() {
        Map<String, String> all = new TreeMap<>();
        SERVED.keySet().forEach(path -> all.put(path, text(path)));
        return all;
    }

    private int streamCount() {
        return shards.stream().mapToInt(ShardStore::streamCount).sum();
    }

    private long lastLsns() {
        return shards.stream().mapToLong(ShardStore::lastLsn).sum();
    }

    private void checkpoint() {
        for (int i = 0; i < 10; i++) {
            clock.advance(2_000);
            shards.forEach(ShardStore::keepUp);
            threads.runAll();
        }
    }

    private void delete(String path) {
        Answer answer = new Answer();
        StreamPath of = new StreamPath(path);
        store(of).delete(new Command.Delete(of, Preconditions.NONE), answer);
        threads.runAll();
        answer.as(Outcome.Deleted.class);
    }

    @Test
    void whatVersion2WroteIsServedBeforeAndAfterACheckpoint() throws IOException {
        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
        start();
        assertThat(texts()).isEqualTo(SERVED);
        stop();
        start();
        assertThat(texts()).isEqualTo(SERVED);
        checkpoint();
        assertThat(texts()).isEqualTo(SERVED);
        stop();
        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
        start();
        assertThat(texts()).isEqualTo(SERVED);
        stop();
    }

    @Test
    void theFirstStartOnAFullDiskTakesTheRoomOfAReserve() throws IOException {
        Path reserve = DATA.resolve("shard-001").resolve(DataDirectory.RESERVE);
        try (DiskFile file = disk.create(reserve)) {
            file.writeFully(0, ByteBuffer.allocate(1 << 20));
            file.sync();
        }
        disk.capacityBytes(disk.usedBytes());

        start();

        assertThat(disk.exists(reserve)).isFalse();
        assertThat(texts()).isEqualTo(SERVED);
        stop();
    }

    @Test
    void theFirstStartLogsWhatVersion2LeftToBeCounted() throws IOException {
        start();
        assertThat(streamCount()).isEqualTo(STREAMS + KEPT_FOR_FORKS);
        for (String path : List.of("trimmed1", "trimmed2", "released")) {
            StreamState stream = stream(path);
            assertThat(stream.content().start()).as(path).isEqualTo(stream.durableEarliest());
        }
        for (String path : List.of("kept1", "kept2")) {
            StreamState stream = stream(path);
            assertThat(stream.content().start()).as(path).isLessThan(stream.durableEarliest());
        }
        long logged = lastLsns();
        stop();
        start();
        assertThat(streamCount()).isEqualTo(STREAMS + KEPT_FOR_FORKS);
        assertThat(lastLsns()).as("the second start logs nothing").isEqualTo(logged);
        stop();
    }

    @Test
    void theLastForkReleasesWhatVersion2Kept() throws IOException {
        start();
        delete("leaf");
        delete("fork1");
        delete("fork2");
        delete("of-kept1");
        delete("of-kept2");
        assertThat(streamCount()).isEqualTo(STREAMS - 5);
        assertThat(stream("kept1").content().start()).isEqualTo(stream("kept1").durableEarliest());
        stop();
        start();
        assertThat(streamCount()).isEqualTo(STREAMS - 5);
        stop();
    }
}
