package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.extent.ExtentLayout;
import io.streamkeeper.storage.shard.MessageSearch.Part;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Starts of a shard whose files have gaps, overlaps, and parts that nobody needs. Each directory must be accepted by a
 * start, by {@code verify} and by {@code backup} alike.
 */
class RecoveryTest {
    private static final Retention LAST_EIGHT_BYTES = new Retention(-1, 8, -1);

    private final FileRig rig;
    private int copies;

    RecoveryTest() throws IOException {
        rig = new FileRig();
    }

    /** Stops the shard, checks the directory with the tools, backs it up, and starts it. */
    private void killAndStart() throws IOException {
        rig.kill();
        assertThat(new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA)).isEmpty();
        copies++;
        new StoreBackup(rig.disk, line -> {}).copy(FileRig.DATA, Path.of("/copy" + copies));
        rig.start();
    }

    /** Makes a file that stays, because a stream without retention has most of its bytes in it. */
    private void checkpointKeptBy(String path) {
        rig.create(CreateRequest.at(path).text("k".repeat(5_000))).created();
        rig.checkpoint();
    }

    // ---- gaps ----

    @Test
    void aStreamStartsWhenAFileBetweenItsSpansIsGone() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaaaaaa").retention(LAST_EIGHT_BYTES))
                .created();
        checkpointKeptBy("t");
        rig.append("s", "bbbbbbbb").appended();
        rig.checkpoint();
        rig.append("s", "cccccccc").appended();
        rig.checkpoint();
        rig.append("s", "dddddddd").appended();
        rig.checkpoint();
        assertThat(rig.files(".ext")).as("the middle files are removed").hasSize(2);
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("dddddddd");
        assertThat(rig.read("t")).hasSize(5_000);
        rig.append("s", "eeeeeeee").appended();
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("eeeeeeee");
    }

    @Test
    void aStreamStartsWhenItsDataWasDroppedByAgeBetweenCheckpoints() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaa").retention(new Retention(10_000, -1, -1)))
                .created();
        checkpointKeptBy("t");
        for (int i = 0; i < 4; i++) {
            rig.append("s", "b" + i).appended();
            rig.clock.advance(11_000_000);
            rig.store.expire();
            rig.threads.runAll();
            rig.checkpoint();
            rig.append("s", "c" + i).appended();
            killAndStart();
            assertThat(rig.read("s")).isEqualTo("c" + i);
        }
    }

    @Test
    void aStreamStartsWhenNoCheckpointWroteWhatRetentionDropped() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaaaaaa").retention(LAST_EIGHT_BYTES))
                .created();
        checkpointKeptBy("t");
        rig.append("s", "bbbbbbbb").appended();
        rig.append("s", "cccccccc").appended();
        rig.append("s", "dddddddd").appended();
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("dddddddd");
    }

    @Test
    void aStreamThatKeepsNothingStarts() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaa").retention(new Retention(10, -1, -1)))
                .created();
        checkpointKeptBy("t");
        rig.append("s", "bbbb").appended();
        rig.clock.advance(11_000_000);
        rig.store.expire();
        rig.threads.runAll();
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEmpty();
        rig.append("s", "c").appended();
        assertThat(rig.stream("s").durableTail()).isEqualTo(9);
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("c");
    }

    @Test
    void messagesAreCountedOnAboveAGap() throws IOException {
        rig.create(CreateRequest.at("s").json().text("[10,11]").retention(new Retention(-1, -1, 2)))
                .created();
        checkpointKeptBy("t");
        rig.append(AppendRequest.to("s").json("[12,13]")).appended();
        rig.append(AppendRequest.to("s").json("[14,15]")).appended();
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("14,15,");
        assertThat(rig.stream("s").content().messageCount()).isEqualTo(6);
        assertThat(rig.stream("s").content().startMessages()).isEqualTo(4);
        rig.append(AppendRequest.to("s").json("[16]")).appended();
        assertThat(rig.read("s")).isEqualTo("15,16,");
    }

    @Test
    void aGapAboveWhatAStreamNeedsStopsTheStart() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaaaaaa")).created();
        checkpointKeptBy("t");
        rig.append("s", "bbbbbbbb").appended();
        rig.checkpoint();
        rig.append("s", "cccccccc").appended();
        rig.checkpoint();
        rig.kill();
        Manifest manifest = Manifest.read(rig.disk, FileRig.SHARD);
        List<Manifest.ExtentRef> without = new ArrayList<>(manifest.extents());
        without.remove(1);
        rename(manifest, without);
        assertThat(new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA)).hasSize(1);
        assertThatThrownBy(rig::start).hasMessageContaining("begins at 16, expected 0");
    }

    private void rename(Manifest manifest, List<Manifest.ExtentRef> extents) throws IOException {
        new Manifest(
                        manifest.store(),
                        manifest.shard(),
                        manifest.checkpointLsn(),
                        manifest.firstSegment(),
                        manifest.lastGeneration(),
                        manifest.nextFile(),
                        extents)
                .write(rig.disk, FileRig.SHARD);
    }

    // ---- times ----

    @Test
    void aFileKeepsTheTimeOfItsNewestAppend() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaa")).created();
        checkpointKeptBy("t");
        long written = rig.clock.nowMillis();
        rig.append("t", "later").appended();
        killAndStart();
        StreamState stream = rig.stream("s");
        Part part = new Part(stream.lineageUpTo(4).at(0), stream);
        assertThat(rig.store.messages().since(part, 0, written - 3_000_000).position())
                .isZero();
        assertThat(rig.store.messages().since(part, 0, written).position()).isEqualTo(4);
    }

    @Test
    void aFileOfWhichTheTimeIsNotKnownMayBeNew() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaa")).created();
        checkpointKeptBy("t");
        rig.kill();
        Manifest manifest = Manifest.read(rig.disk, FileRig.SHARD);
        List<Manifest.ExtentRef> old = manifest.extents().stream()
                .map(extent -> new Manifest.ExtentRef(extent.file(), extent.bytes()))
                .toList();
        rename(manifest, old);
        killAndStart();
        StreamState stream = rig.stream("s");
        Part part = new Part(stream.lineageUpTo(4).at(0), stream);
        long future = rig.clock.nowMillis() + 1_000_000_000L;
        assertThat(rig.store.messages().since(part, 0, future).position()).isZero();
    }

    // ---- forks ----

    @Test
    void aDeletedSourceStartsWithAGapBelowWhatItsForkNeeds() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaaaaaa").retention(LAST_EIGHT_BYTES))
                .created();
        checkpointKeptBy("t");
        rig.append("s", "bbbbbbbb").appended();
        rig.append("s", "cccccccc").appended();
        rig.fork(CreateRequest.at("f").forkOf("s", null).text("ffff")).created();
        rig.append("s", "dddddddd").appended();
        rig.delete("s").as(Outcome.Deleted.class);
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("stream_deleted");
        assertThat(rig.inherited("f", 16)).isEqualTo("cccccccc");
        assertThat(rig.read("f")).isEqualTo("ffff");
        rig.delete("f").as(Outcome.Deleted.class);
        assertThat(rig.read("s")).isEqualTo("stream_not_found");
    }

    @Test
    void aSourceKeepsWhatItsForkNeedsThoughItDroppedItItself() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaaaaaa").retention(LAST_EIGHT_BYTES))
                .created();
        checkpointKeptBy("t");
        rig.append("s", "bbbbbbbb").appended();
        rig.append("s", "cccccccc").appended();
        rig.fork(CreateRequest.at("f").forkOf("s", null)).created();
        rig.append("s", "dddddddd").appended();
        rig.append("s", "eeeeeeee").appended();
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("eeeeeeee");
        assertThat(rig.inherited("f", 16)).isEqualTo("cccccccc");
        rig.delete("f").as(Outcome.Deleted.class);
        assertThat(rig.stream("s").content().start()).isEqualTo(32);
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("eeeeeeee");
    }

    @Test
    void aForkWithRetentionStartsWithAGapInItsOwnData() throws IOException {
        rig.create(CreateRequest.at("s").text("0123")).created();
        rig.fork(CreateRequest.at("f").forkOf("s", null).text("aaaaaaaa").retention(LAST_EIGHT_BYTES))
                .created();
        checkpointKeptBy("t");
        rig.append("f", "bbbbbbbb").appended();
        rig.append("f", "cccccccc").appended();
        rig.checkpoint();
        killAndStart();
        assertThat(rig.stream("f").durableEarliest()).isEqualTo(20);
        assertThat(rig.read("f")).isEqualTo("cccccccc");
    }

    // ---- overlaps ----

    @Test
    void aFileThatAMergeReplacedDoesNoHarmBesideItsResult() throws IOException {
        rig.create(CreateRequest.at("s").text("aaaa")).created();
        rig.create(CreateRequest.at("t").text("t".repeat(300))).created();
        rig.checkpoint();
        Manifest.ExtentRef first =
                Manifest.read(rig.disk, FileRig.SHARD).extents().get(0);
        Path file = FileRig.SHARD.resolve("extents").resolve(ExtentLayout.name(first.file()));
        ByteBuffer bytes = ByteBuffer.allocate((int) first.bytes());
        try (var opened = rig.disk.open(file)) {
            opened.readFully(0, bytes);
        }
        rig.append("s", "bbbb").appended();
        rig.checkpoint();
        rig.delete("t").as(Outcome.Deleted.class);
        rig.checkpoint();
        rig.kill();
        Manifest manifest = Manifest.read(rig.disk, FileRig.SHARD);
        assertThat(manifest.extents()).doesNotContain(first);
        try (var created = rig.disk.create(file)) {
            created.writeFully(0, bytes.flip());
            created.sync();
        }
        List<Manifest.ExtentRef> all = new ArrayList<>(manifest.extents());
        all.add(0, first);
        rename(manifest, all);
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("aaaabbbb");
        rig.append("s", "cccc").appended();
        rig.checkpoint();
        killAndStart();
        assertThat(rig.read("s")).isEqualTo("aaaabbbbcccc");
    }
}
