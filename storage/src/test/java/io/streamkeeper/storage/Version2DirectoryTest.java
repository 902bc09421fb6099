package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.record.Lineage;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A directory of format version 2, which the server of that version left when it was killed: deletions and trims that
 * do not say what forks keep are in its extents and in its journal.
 */
class Version2DirectoryTest extends FormerDirectory {
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

    Version2DirectoryTest() throws IOException {
        super("v2-forks", 1_800_000_000_000L);
    }

    @Override
    String text(StreamState stream) {
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
        return text.append(ownText(stream, position)).toString();
    }

    private Map<String, String> texts() {
        return texts(SERVED.keySet());
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
