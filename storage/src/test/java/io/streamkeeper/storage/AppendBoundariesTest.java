package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.extent.ColdRead;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Where the appends of streams of bytes end, as the store knows it in memory, in files, and after a restart. */
class AppendBoundariesTest {
    private static final Retention LAST_THREE = new Retention(-1, -1, 3);

    private final Map<String, TreeSet<Long>> ends = new HashMap<>();
    private FileRig rig;

    @Test
    void randomAppendsAreKnownAfterCheckpointsMergesAndRestarts() {
        Seeds.forEach(12, this::runRandomly);
    }

    private void runRandomly(Random random) {
        try {
            rig = new FileRig();
            ends.clear();
            for (int step = 0; step < 120; step++) {
                step(random);
                for (String path : ends.keySet()) {
                    check(path, random);
                }
            }
            verify();
            rig.stop();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void step(Random random) throws IOException {
        String path = "s" + random.nextInt(4);
        switch (random.nextInt(12)) {
            case 0 -> rig.checkpoint();
            case 1 -> rig.restart();
            case 2 -> {
                // What it leaves makes files sparse.
                rig.delete(path);
                ends.remove(path);
            }
            default -> append(path, random);
        }
    }

    private void append(String path, Random random) {
        if (!ends.containsKey(path)) {
            rig.create(CreateRequest.at(path));
            ends.put(path, new TreeSet<>());
        }
        int appends = random.nextInt(8) == 0 ? 300 : 1 + random.nextInt(6);
        for (int i = 0; i < appends; i++) {
            append(path, random.nextInt(60) == 0 ? 150_000 : 1 + random.nextInt(random.nextInt(4) == 0 ? 400 : 4));
        }
    }

    private void append(String path, int bytes) {
        rig.append(path, "x".repeat(bytes));
        TreeSet<Long> known = ends.get(path);
        known.add((known.isEmpty() ? 0 : known.last()) + bytes);
    }

    private void check(String path, Random random) {
        TreeSet<Long> known = ends.get(path);
        StreamState stream = rig.stream(path);
        assertThat(stream.content().messageCount()).isEqualTo(known.size());
        for (int look = 0; look < 3 && !known.isEmpty(); look++) {
            long position = (long) (random.nextDouble() * known.last());
            assertThat(appendEnd(path, position)).as("%s at %s", path, position).isEqualTo(known.higher(position));
        }
    }

    /** As the creation of a fork requests it. */
    private long appendEnd(String path, long position) {
        ForkSource source =
                Taken.pin(rig.store, CreateRequest.at("fork").forkOf(path, null).command());
        Taken<Long> end = new Taken<>();
        rig.store.appendEnd(source.lineage().at(position), position, end);
        rig.threads.runAll();
        rig.store.releaseSource(source.generation(), () -> {});
        return end.get();
    }

    private void verify() {
        List<String> report = new ArrayList<>();
        assertThat(new StoreVerifier(rig.disk, report::add).verify(FileRig.DATA))
                .as("%s", report)
                .isEmpty();
    }

    /** The figures of docs/operations.md. */
    @Test
    void anAppendOfLessThan128BytesCostsOneByteInAFileAndNoneInMemory() throws IOException {
        rig = new FileRig();
        rig.create(CreateRequest.at("s"));
        for (int i = 0; i < 20_000; i++) {
            rig.append("s", "0123456789");
        }
        rig.checkpoint();
        long lengths = 0;
        long all = 0;
        for (Path file : rig.files(".ext")) {
            ExtentFile extent = ExtentFile.openAny(file.toString(), LocalExtentFiles.open(rig.disk, file));
            lengths += extent.lengthsBytes();
            all += extent.bytes() - extent.dataBytes() - extent.lengthsBytes();
            extent.release();
        }
        assertThat(lengths).isEqualTo(20_000);
        assertThat(all).isLessThan(1_000);
        assertThat(rig.stream("s").content().runCount()).isLessThanOrEqualTo(200_000 / RunLimits.RUN_BYTES_MAX + 2);
        rig.stop();
    }

    @Test
    void theLengthsOfAppendsAreNotInMemory() throws IOException {
        rig = new FileRig();
        rig.create(CreateRequest.at("s"));
        for (int i = 0; i < 100; i++) {
            rig.append("s", "x".repeat(10));
        }
        assertThat(rig.stream("s").content().lengthsInMemory(0)).isNull();
        rig.checkpoint();
        assertThat(rig.stream("s").content().runCount()).isEqualTo(1);
        assertThat(ColdRead.ofLengths(rig.stream("s").content(), 0).fileBytes()).isEqualTo(100);
        rig.stop();
    }

    @Test
    void retentionByAppendsCutsNoneOfThemInFilesAndAfterARestart() throws IOException {
        rig = new FileRig();
        rig.create(CreateRequest.at("s").retention(LAST_THREE));
        ends.put("s", new TreeSet<>());
        for (int bytes : new int[] {7, 200_000, 5, 200_000, 9, 70_000}) {
            append("s", bytes);
            rig.checkpoint();
            rig.restart();
            List<Long> kept = new ArrayList<>(ends.get("s"));
            long earliest = kept.size() <= 3 ? 0 : kept.get(kept.size() - 4);
            assertThat(rig.stream("s").durableEarliest()).isEqualTo(earliest);
            assertThat(rig.stream("s").content().messageCount()).isEqualTo(kept.size());
        }
        rig.stop();
    }

    @Test
    void aBoundOnBytesDoesNotCutALongAppendThatHasSeveralRuns() throws IOException {
        rig = new FileRig();
        rig.create(CreateRequest.at("s").retention(new Retention(-1, 100_000, -1)));
        rig.append("s", "x".repeat(200_000));
        rig.checkpoint();
        rig.append("s", "y");
        rig.checkpoint();
        rig.restart();
        assertThat(rig.stream("s").durableEarliest()).isZero();
        rig.append("s", "z".repeat(100_000));
        assertThat(rig.stream("s").durableEarliest()).isEqualTo(200_001);
        rig.stop();
    }
}
