package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Offset;
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
import io.streamkeeper.storage.recovery.FileShard;
import io.streamkeeper.storage.recovery.RecoveredForks;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreConversion;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories of format version 1 are converted at the start, whenever that is interrupted. */
class StoreConversionTest {
    private static final Path DATA = Path.of("/data");
    private static final StorageConfig CONFIG =
            new StorageConfig(true, 1 << 20, 1_000_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);

    private final ManualClock clock = new ManualClock(1_800_000_000_000L);

    private static SimulatedDisk disk(Version1Fixture fixture, long seed) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(new Random(seed));
        fixture.unpack(disk, DATA);
        return disk;
    }

    private static void convert(SimulatedDisk disk) throws IOException {
        StoreConversion.run(disk, DATA, line -> {});
    }

    /** A store whose shards are open; forks of one may have their sources in another. */
    private final class Opened implements AutoCloseable {
        final SimulatedThreads threads = new SimulatedThreads(new Random(1));
        final List<ShardStore> shards = new ArrayList<>();

        Opened(SimulatedDisk disk) throws IOException {
            DataDirectory data = DataDirectory.open(disk, DATA, 0, 1, true);
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
                        (path, generation, done) -> threads.threads()
                                .loop()
                                .execute(() -> shards.forEach(store -> store.releaseSource(generation, done)))));
            }
            assertThat(RecoveredForks.connect(shards))
                    .as("what forks have lost")
                    .isEmpty();
            shards.forEach(ShardStore::settle);
            threads.runAll();
        }

        /** The store that has a stream. */
        ShardStore storeOf(String path) {
            for (ShardStore store : shards) {
                try {
                    store.open(new StreamPath(path), false);
                    return store;
                } catch (RefusedException e) {
                    // In another shard, perhaps.
                }
            }
            throw new AssertionError("no shard has " + path);
        }

        StreamState stream(String path) {
            return storeOf(path).open(new StreamPath(path), false);
        }

        /** The answer to a create at a path that is taken. */
        Answer existing(CreateRequest request) {
            Answer answer = new Answer();
            Command.Create command = request.command();
            assertThat(storeOf(command.path().value()).answerExisting(command, answer))
                    .isTrue();
            threads.runAll();
            return answer;
        }

        Answer append(AppendRequest request) {
            Answer answer = new Answer();
            Command.Append command = request.command();
            storeOf(command.path().value()).append(command, answer);
            threads.runAll();
            return answer;
        }

        Answer delete(String path, Preconditions preconditions) {
            Answer answer = new Answer();
            storeOf(path).delete(new Command.Delete(new StreamPath(path), preconditions), answer);
            threads.runAll();
            return answer;
        }

        /** What a stream itself has written, from {@code from} on. */
        String own(String path, long from) {
            StreamState stream = stream(path);
            Answer answer = new Answer();
            storeOf(path).read(stream, from, Buffers.NONE, from, 1 << 20, answer);
            threads.runAll();
            Outcome.Chunk chunk = answer.as(Outcome.Chunk.class);
            String text = chunk.bytes().toString(UTF_8);
            chunk.bytes().release();
            return text;
        }

        /** Everything there is, as text. */
        Map<String, String> all(Version1Fixture fixture) {
            Map<String, String> all = new TreeMap<>();
            for (Version1Fixture.Served served : fixture.served()) {
                if (served.status() == 200) {
                    StreamState stream = stream(served.path());
                    assertThat(stream.durableTail())
                            .as("tail of " + served.path())
                            .isEqualTo(served.tailPosition());
                    assertThat(stream.isDurablyClosed())
                            .as(served.path() + " is closed")
                            .isEqualTo(served.closed());
                    assertThat(stream.contentType().value()).isEqualTo(served.contentType());
                    long from = Math.max(stream.ownStart(), stream.durableEarliest());
                    all.put(served.path(), stream.offsetAt(from) + " " + own(served.path(), from));
                }
            }
            return all;
        }

        @Override
        public void close() {
            shards.forEach(ShardStore::close);
            threads.runAll();
        }
    }

    private Map<String, String> all(SimulatedDisk disk, Version1Fixture fixture) throws IOException {
        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA)).isEmpty();
        try (Opened opened = new Opened(disk)) {
            return opened.all(fixture);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"normal", "gap", "digits"})
    void whatVersion1WroteIsServed(String name) throws IOException {
        Version1Fixture fixture = new Version1Fixture(name);
        SimulatedDisk disk = disk(fixture, 1);

        convert(disk);

        Map<String, String> all = all(disk, fixture);
        assertThat(all).isNotEmpty();
        fixture.served().stream()
                .filter(served -> served.status() == 200 && !served.path().contains("fork"))
                .filter(served -> served.bytes() == served.tailPosition())
                .forEach(served -> assertThat(all.get(served.path()).substring(Offset.TEXT_LENGTH + 1))
                        .satisfies(text -> assertThat(text.getBytes(UTF_8)).hasSize((int) served.bytes())));
        assertThat(all(disk, fixture)).as("what another start finds").isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"normal", "gap", "digits"})
    void itIsCompletedOrBegunAgainWhereverItIsInterrupted(String name) throws IOException {
        Version1Fixture fixture = new Version1Fixture(name);
        SimulatedDisk whole = disk(fixture, 0);
        convert(whole);
        Map<String, String> expected = all(whole, fixture);
        boolean interrupted = true;
        for (int step = 1; interrupted; step++) {
            SimulatedDisk disk = disk(fixture, step);
            interrupted = convertUntil(disk, step);
            if (step % 2 == 0) {
                disk.cutPower();
            } else {
                disk.killProcess();
            }
            boolean interruptedAgain = convertUntil(disk, 1 + step % 7);
            disk.cutPower();
            convert(disk);
            assertThat(all(disk, fixture))
                    .as("interrupted before step " + step + (interruptedAgain ? " and once more" : ""))
                    .isEqualTo(expected);
        }
    }

    /** Returns whether the conversion was interrupted. */
    private static boolean convertUntil(SimulatedDisk disk, long steps) {
        disk.stopBefore(steps);
        try {
            convert(disk);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void nothingOfVersion1IsLeftAfterTheStart() throws IOException {
        Version1Fixture fixture = new Version1Fixture("digits");
        SimulatedDisk disk = disk(fixture, 1);

        convert(disk);
        all(disk, fixture);

        assertThat(disk.list(DATA)).containsExactly("FORMAT", "shard-000", "shard-001");
        assertThat(disk.files()).noneMatch(file -> file.toString().endsWith(".new"));
    }

    @Test
    void offsetsThatVersion1HasIssuedNameTheSamePlaces() throws IOException {
        Version1Fixture fixture = new Version1Fixture("normal");
        SimulatedDisk disk = disk(fixture, 1);

        convert(disk);

        try (Opened opened = new Opened(disk)) {
            fixture.offsets()
                    .forEach((path, offsets) -> offsets.forEach(text -> {
                        long position = Long.parseLong(text.substring(17));
                        assertThat(opened.stream(path).positionOf(Offset.parse(text)))
                                .isEqualTo(position);
                    }));
            String inherited = fixture.served().stream()
                    .filter(served -> served.path().equals("fork-of-0"))
                    .findFirst()
                    .orElseThrow()
                    .tail();
            assertThat(opened.stream("fork-of-0").positionOf(Offset.parse(inherited)))
                    .isEqualTo(26);
        }
    }

    /** Retries what a client of version 1 has sent, with the offsets that it was given then. */
    @Test
    void aForkIsTheSameForTheRequestThatHasMadeIt() throws IOException {
        Version1Fixture fixture = new Version1Fixture("forks");
        SimulatedDisk disk = disk(fixture, 1);
        Offset ofBytes = Offset.parse(fixture.offsets().get("bytes").get(0));
        Offset middleOfBytes = new Offset(ofBytes.generation(), 10);
        Offset ofDocs = Offset.parse(fixture.offsets().get("docs").get(0));

        convert(disk);

        List<CreateRequest> requests = List.of(
                CreateRequest.at("fork-sub").json().forkOf("docs", ofDocs, 1),
                CreateRequest.at("fork-sub-bytes").forkOf("bytes", middleOfBytes, 4),
                CreateRequest.at("fork-offset").json().forkOf("docs", ofDocs),
                CreateRequest.at("fork-default").json().forkOf("docs", null),
                CreateRequest.at("fork-of-fork").json().forkOf("fork-sub", ofDocs, 1));
        try (Opened opened = new Opened(disk)) {
            for (CreateRequest request : requests) {
                assertThat(opened.existing(request).created().existed()).isTrue();
            }
            Offset present = opened.stream("docs").offsetAt(ofDocs.position());
            assertThat(opened.existing(CreateRequest.at("fork-sub").json().forkOf("docs", present, 1))
                            .created()
                            .existed())
                    .isTrue();
            for (Offset other : List.of(
                    new Offset(ofDocs.generation(), 0), new Offset(ofDocs.generation() + 1, ofDocs.position()))) {
                assertThat(opened.existing(CreateRequest.at("fork-sub").json().forkOf("docs", other, 1))
                                .word())
                        .isEqualTo("stream_exists");
            }
        }
    }

    @Test
    void aTailThatVersion1HasIssuedIsTheTail() throws IOException {
        Version1Fixture fixture = new Version1Fixture("forks");
        SimulatedDisk disk = disk(fixture, 1);
        Map<String, List<String>> offsets = fixture.offsets();
        Offset ofDocs = Offset.parse(offsets.get("docs").get(1));
        Offset ofBytes = Offset.parse(offsets.get("bytes").get(0));
        Offset ofFork = Offset.parse(offsets.get("fork-sub").get(0));

        convert(disk);

        try (Opened opened = new Opened(disk)) {
            opened.append(AppendRequest.to("bytes").text("x").ifMatch(ofBytes)).appended();
            assertThat(opened.append(AppendRequest.to("bytes").text("x").ifMatch(ofBytes))
                            .word())
                    .isEqualTo("offset_mismatch");
            opened.append(AppendRequest.to("docs").json("[6]").expected(ofDocs)).appended();
            assertThat(opened.append(AppendRequest.to("docs").json("[6]").expected(ofDocs))
                            .word())
                    .isEqualTo("expected_offset_conflict");
            opened.append(AppendRequest.to("fork-sub").json("[7]").ifMatch(ofFork))
                    .appended();
            Offset ofForkOfFork = Offset.parse(offsets.get("fork-of-fork").get(0));
            assertThat(opened.delete("fork-of-fork", Preconditions.tailAt(ofFork))
                            .word())
                    .isEqualTo("offset_mismatch");
            assertThat(opened.delete("fork-of-fork", Preconditions.tailAt(ofForkOfFork))
                            .word())
                    .isEqualTo("deleted");
        }
    }

    @Test
    void producersGoOnWhereTheyWere() throws IOException {
        SimulatedDisk disk = disk(new Version1Fixture("normal"), 1);

        convert(disk);

        try (Opened opened = new Opened(disk)) {
            StreamState stream = opened.stream("producers");
            assertThat(stream.lastOf("one").seq()).isEqualTo(3);
            assertThat(stream.lastOf("two").epoch()).isEqualTo(1);
            assertThat(stream.streamSeq()).isEqualTo("0007");
            assertThat(opened.stream("closed").closedBy().id()).isEqualTo("closer");
        }
    }

    @Test
    void aFullDiskLeavesTheDirectoryAsItWas() throws IOException {
        Version1Fixture fixture = new Version1Fixture("normal");
        SimulatedDisk disk = disk(fixture, 1);
        disk.capacityBytes(disk.usedBytes() + 10_000);

        assertThatThrownBy(() -> convert(disk)).isInstanceOf(IOException.class);

        assertThat(DataDirectory.version(disk, DATA)).isEqualTo(1);
        disk.capacityBytes(Long.MAX_VALUE);
        convert(disk);
        assertThat(all(disk, fixture)).isNotEmpty();
    }

    @Test
    void aDirectoryOfANewerVersionIsRefused() throws IOException {
        SimulatedDisk disk = disk(new Version1Fixture("gap"), 1);
        convert(disk);
        rewriteFormat(disk, "streamkeeper data 5\nstore 00000000-0000-0000-0000-000000000000\nshards 1\n");

        assertThatThrownBy(() -> convert(disk))
                .hasMessageContaining("begins with \"streamkeeper data 5\"")
                .hasMessageContaining("\"streamkeeper data 4\"")
                .hasMessageContaining("needs the server of that version");
        assertThatThrownBy(() -> DataDirectory.open(disk, DATA, 0, 1, true))
                .hasMessageContaining("begins with \"streamkeeper data 5\"");
    }

    private static void rewriteFormat(SimulatedDisk disk, String text) throws IOException {
        disk.delete(DATA.resolve("FORMAT"));
        ByteBuffer bytes = UTF_8.encode(text);
        int checksum = io.streamkeeper.storage.disk.Checksum.of(bytes);
        try (DiskFile file = disk.create(DATA.resolve("FORMAT"))) {
            file.writeFully(0, UTF_8.encode(text + "crc32c " + String.format("%08x", checksum) + "\n"));
        }
    }

    @Test
    void whatIsNotConvertedYetIsRefusedByTheTools() throws IOException {
        SimulatedDisk disk = disk(new Version1Fixture("normal"), 1);

        assertThat(new StoreVerifier(disk, line -> {}).verify(DATA))
                .singleElement()
                .asString()
                .contains("has format version 1, expected 4; start the server with it once");
    }
}
