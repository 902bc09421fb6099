package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.extent.ColdRead;
import io.streamkeeper.storage.extent.Extent;
import io.streamkeeper.storage.journal.FrameLayout;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.memory.Reservation;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.HeldBytes;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.FileInspector;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A shard in files: what it keeps, and what it says where it cannot. */
class FileShardTest {
    private final FileRig rig;

    FileShardTest() throws IOException {
        rig = new FileRig();
    }

    // ---- what is kept ----

    @Test
    void aLastFrameOfWhichOnlyThePaddingIsMissingIsNoObstacle() throws IOException {
        for (int length = 9_000; length < 9_000 + FrameLayout.ALIGNMENT; length++) {
            FileRig rig = new FileRig();
            rig.config = new StorageConfig(true, 1 << 20, 1_000_000, 4 << 10, 1 << 26, ProducerLimits.DEFAULT);
            rig.restart();
            rig.create(CreateRequest.at("a"));
            String text = "x".repeat(length);
            rig.append("a", text);
            rig.kill();
            Path segment = rig.disk.files().stream()
                    .filter(file -> file.toString().endsWith(".wal"))
                    .filter(file -> rig.disk.size(file) > 9_000)
                    .findFirst()
                    .orElseThrow();
            cutPadding(rig, segment);

            rig.start();

            assertThat(rig.read("a")).isEqualTo(text);
            rig.append("a", "y");
            rig.restart();
            assertThat(rig.read("a")).isEqualTo(text + "y");
            rig.stop();
        }
    }

    /** Cuts the zeros off that a file ends with, at most as many as a frame is padded with. */
    private static void cutPadding(FileRig rig, Path segment) throws IOException {
        try (DiskFile file = rig.disk.open(segment)) {
            long size = file.size();
            ByteBuffer last = ByteBuffer.allocate(FrameLayout.ALIGNMENT - 1);
            file.readFully(size - last.capacity(), last);
            int zeros = 0;
            while (zeros < last.capacity() && last.get(last.capacity() - 1 - zeros) == 0) {
                zeros++;
            }
            file.truncate(size - zeros);
            file.sync();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAPowerCut() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.append(AppendRequest.to("a").text(" two").by("p", 0, 0)).appended();
        rig.append(AppendRequest.to("a").text(" three").seq("s").close()).appended();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("one two three");
        assertThat(rig.stream("a").isDurablyClosed()).isTrue();
        assertThat(rig.stream("a").streamSeq()).isEqualTo("s");
        assertThat(rig.stream("a").lastOf("p").seq()).isZero();
    }

    @Test
    void anIdleShardReleasesItsBlocksByACheckpoint() throws IOException {
        rig.create(CreateRequest.at("a"));
        rig.append("a", "x".repeat(200_000));
        rig.store.checkpointAndCompact();
        rig.clock.advance(4_000);
        rig.store.checkpointAndCompact();
        rig.append("a", "y");
        rig.threads.runAll();
        assertThat(Manifest.read(rig.disk, FileRig.SHARD).extents()).isEmpty();
        rig.clock.advance(2_000);
        rig.store.checkpointAndCompact();
        rig.threads.runAll();
        rig.store.checkpointAndCompact();
        rig.threads.runAll();
        assertThat(Manifest.read(rig.disk, FileRig.SHARD).extents()).hasSize(1);
        assertThat(rig.read("a")).endsWith("xy");
    }

    @Test
    void aCheckpointTakesThePlaceOfTheJournal() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.checkpoint();
        rig.append("a", " two").appended();
        rig.checkpoint();
        assertThat(rig.stream("a").content().place(0)).isInstanceOf(Extent.class);
        assertThat(rig.read("a")).isEqualTo("one two");
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("one two");
        assertThat(rig.files(".wal").size()).isLessThanOrEqualTo(3);
    }

    @Test
    void manyStreamsDoNotMakeManyFiles() throws IOException {
        for (int i = 0; i < 300; i++) {
            rig.create(CreateRequest.at("s" + i).text("text " + i)).created();
        }
        rig.checkpoint();
        for (int i = 0; i < 300; i++) {
            rig.append("s" + i, "!").appended();
        }
        rig.checkpoint();
        assertThat(rig.disk.files().size()).isLessThan(10);
        rig.restart();
        for (int i = 0; i < 300; i++) {
            assertThat(rig.read("s" + i)).isEqualTo("text " + i + "!");
        }
    }

    @Test
    void aDeletedStreamStaysDeletedAfterCheckpointAndCompaction() throws IOException {
        rig.create(CreateRequest.at("a").text("x")).created();
        rig.checkpoint();
        rig.delete("a").as(Outcome.Deleted.class);
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("stream_not_found");
        rig.checkpoint();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("stream_not_found");
        long first = rig.create(CreateRequest.at("a").text("y")).created().stream()
                .tail()
                .generation();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("y");
        assertThat(rig.stream("a").generation()).isEqualTo(first);
    }

    @Test
    void aStreamThatIsDroppedWhileItsCheckpointIsWrittenStaysDeleted() throws IOException {
        rig.create(CreateRequest.at("a").text("x")).created();
        rig.clock.advance(2_000_000);
        rig.store.checkpointAndCompact();
        for (int i = 0; i < 4; i++) {
            rig.threads.runOne();
        }
        rig.delete("a").as(Outcome.Deleted.class);
        rig.checkpoint();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("stream_not_found");
    }

    @Test
    void creatingManyStreamsAtOnceCostsFewSyncs() {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Answer answer = new Answer();
            rig.store.create(CreateRequest.at("s" + i).command(), null, answer);
            answers.add(answer);
        }
        assertThat(answers).noneMatch(Answer::isThere);
        long before = rig.disk.syncs();
        rig.threads.runAll();
        assertThat(answers).allMatch(Answer::isThere);
        assertThat(rig.disk.syncs() - before).isLessThan(40);
    }

    @Test
    void aReadUnderWayOutlivesCompactionAndDeletion() throws IOException {
        rig.create(CreateRequest.at("a").text("hello")).created();
        rig.checkpoint();
        StreamState stream = rig.stream("a");
        ColdRead read = ColdRead.of(stream.content(), 0, 5);
        rig.delete("a").as(Outcome.Deleted.class);
        rig.checkpoint();
        assertThat(rig.files(".ext").size()).isLessThanOrEqualTo(1);
        ReadBudget budget = new ReadBudget(1_000);
        Reservation reservation = Objects.requireNonNull(budget.reserve(read.fileBytes()));
        ByteBuf bytes = read.run(ReadMemory.of(budget, reservation));
        assertThat(bytes.toString(UTF_8)).isEqualTo("hello");
        assertThat(budget.usedBytes()).isEqualTo(5);
        bytes.release();
        assertThat(budget.usedBytes()).isZero();
    }

    // ---- retention ----

    @Test
    void retentionKeepsTheLastMessagesAlsoAfterARestart() throws IOException {
        rig.create(CreateRequest.at("a").json().retention(new Retention(-1, -1, 2)))
                .created();
        for (int i = 1; i <= 5; i++) {
            rig.append(AppendRequest.to("a").json("[" + i + "]")).appended();
        }
        assertThat(rig.read("a")).isEqualTo("4,5,");
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("4,5,");
        rig.checkpoint();
        rig.append(AppendRequest.to("a").json("[6,7,8]")).appended();
        assertThat(rig.read("a")).isEqualTo("7,8,");
        rig.checkpoint();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("7,8,");
        assertThat(rig.append(AppendRequest.to("a").json("[9]"))
                        .appended()
                        .nextOffset()
                        .position())
                .isEqualTo(18);
    }

    @Test
    void retentionByAgeLetsGoOfWhatIsOld() throws IOException {
        rig.create(CreateRequest.at("a").text("old").retention(new Retention(10, -1, -1)))
                .created();
        rig.clock.advance(5_000);
        rig.append("a", "new").appended();
        rig.clock.advance(6_000);
        rig.store.expire();
        rig.threads.runAll();
        assertThat(rig.read("a")).isEqualTo("new");
        rig.clock.advance(11_000);
        rig.store.expire();
        rig.threads.runAll();
        assertThat(rig.read("a")).isEmpty();
        rig.restart();
        assertThat(rig.stream("a").durableEarliest()).isEqualTo(6);
    }

    @Test
    void retentionNeverTakesWhatAForkNeeds() throws IOException {
        rig.create(CreateRequest.at("a").text("aaaa").retention(new Retention(-1, 4, -1)))
                .created();
        CreateRequest fork = CreateRequest.at("f").forkOf("a", null);
        Answer answer = new Answer();
        rig.store.create(fork.command(), Taken.pin(rig.store, fork.command()), answer);
        rig.threads.runAll();
        rig.append("a", "bbbb").appended();
        rig.append("a", "cccc").appended();
        rig.checkpoint();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("cccc");
        Taken<ShardStore.Inherited> inherited = new Taken<>();
        rig.store.readInherited(rig.stream("f").lineage(), 0, 100, inherited);
        rig.threads.runAll();
        assertThat(inherited.get().bytes().toString(UTF_8)).isEqualTo("aaaa");
        inherited.get().bytes().release();
        rig.delete("f").as(Outcome.Deleted.class);
        assertThat(rig.stream("a").content().start()).isEqualTo(8);
    }

    @Test
    void anOffsetThatRetentionHasLetGoOfIsToldTheEarliest() {
        rig.create(CreateRequest.at("a").text("aaaa").retention(new Retention(-1, 4, -1)))
                .created();
        long generation = rig.stream("a").generation();
        rig.append("a", "bbbb").appended();
        assertThatThrownBy(() -> rig.store.position(rig.stream("a"), new ReadStart.At(new Offset(generation, 2))))
                .isInstanceOfSatisfying(RefusedException.class, e -> {
                    assertThat(e.refusal().code()).isEqualTo(ErrorCode.OFFSET_GONE);
                    assertThat(e.refusal().earliestOffset().position()).isEqualTo(4);
                });
    }

    @Test
    void whatIsNewAndDroppedAlreadyIsRefusedAndNothingElseIsRead() {
        rig.create(CreateRequest.at("other").text("of another stream")).created();
        rig.create(CreateRequest.at("a").text("aaaa").retention(new Retention(-1, 4, -1)))
                .created();
        rig.append("a", "bbbb").appended();
        StreamState stream = rig.stream("a");
        assertThatThrownBy(() -> rig.store.readNew(stream, 0, 100))
                .isInstanceOfSatisfying(RefusedException.class, e -> {
                    assertThat(e.refusal().code()).isEqualTo(ErrorCode.OFFSET_GONE);
                    assertThat(e.refusal().earliestOffset().position()).isEqualTo(4);
                });
        assertThatThrownBy(() -> HeldBytes.read(stream.content(), 0, 8, ReadBudget.NONE))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ColdRead.of(stream.content(), 0, 8)).isInstanceOf(IllegalStateException.class);
    }

    // ---- failures ----

    @Test
    @LogsFaults("the journal has failed")
    void aFailedSyncIsFinalAndReadsGoOn() throws IOException {
        rig.create(CreateRequest.at("a").text("kept")).created();
        rig.disk.failNextSyncs(1);
        assertThat(rig.append("a", "?").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(rig.append("a", "!").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(rig.store.failure()).isNotNull();
        assertThat(rig.read("a")).isEqualTo("kept");
        rig.checkpoint();
        rig.restart();
        assertThat(rig.read("a")).isIn("kept", "kept?");
        rig.append("a", "!").appended();
    }

    /**
     * Its last trace is the journal that the checkpoint truncates; and the clock is set back, so that it gives no new
     * one.
     */
    @Test
    void aCheckpointAfterARestartKeepsTheGenerationsThatItFound() throws IOException {
        rig.create(CreateRequest.at("a")).created();
        long generation = rig.stream("a").generation();
        rig.delete("a");
        rig.kill();
        rig.start();
        rig.checkpoint();
        rig.kill();
        rig.clock.set(-3_600_000);
        rig.start();
        rig.create(CreateRequest.at("a")).created();
        assertThat(rig.stream("a").generation()).isGreaterThan(generation);
    }

    @Test
    @LogsFaults("the journal has failed")
    void aStoreThatHasFailedReleasesStreamsThatWereToBeReplaced() throws IOException {
        rig.create(CreateRequest.at("a").text("kept")).created();
        rig.store.delete(new Command.Delete(new StreamPath("a"), Preconditions.NONE), new Answer());
        rig.store.create(CreateRequest.at("a").command(), null, new Answer());
        rig.disk.failNextSyncs(1);
        rig.stop();
    }

    @Test
    @LogsFaults("the journal has failed")
    void aFailedSyncBesideACheckpointIsFinalToo() throws IOException {
        rig.config = new StorageConfig(false, 1 << 20, 1_000_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT);
        rig.restart();
        rig.create(CreateRequest.at("a").text("kept")).created();
        rig.threads.holdJournal(true);
        rig.checkpoint();
        rig.disk.failNextSyncs(1);
        rig.threads.holdJournal(false);
        rig.threads.runAll();
        assertThat(rig.store.failure()).hasMessageContaining("input/output error");
        assertThat(rig.append("a", "!").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        assertThat(rig.read("a")).isEqualTo("kept");
        rig.kill();
        rig.start();
        assertThat(rig.read("a")).isEqualTo("kept");
    }

    @Test
    @LogsFaults("the next journal segment cannot be prepared")
    void aFullDiskRefusesWritesAndRecoversByItself() throws IOException {
        rig.create(CreateRequest.at("a").text("kept")).created();
        rig.append("a", "x".repeat(9_000)).appended();
        rig.disk.capacityBytes(rig.disk.usedBytes());
        int refused = 0;
        for (int i = 0; i < 8; i++) {
            Answer answer = rig.append("a", "y".repeat(5_000));
            refused += answer.outcome() instanceof Outcome.Appended ? 0 : 1;
            if (answer.outcome() instanceof Refusal) {
                assertThat(answer.code()).isEqualTo(ErrorCode.STORAGE_FULL);
            }
        }
        assertThat(refused).isPositive();
        assertThat(rig.read("a")).startsWith("kept");
        String before = rig.read("a");
        rig.disk.capacityBytes(Long.MAX_VALUE);
        rig.append("a", "!").appended();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo(before + "!");
    }

    @Test
    @LogsFaults("the next journal segment cannot be prepared")
    void nothingIsReadOfAGroupThatTheFullDiskRefused() throws IOException {
        rig.create(CreateRequest.at("a")).created();
        rig.threads.holdJournal(true);
        Answer fits = rig.append("a", "x".repeat(100));
        Answer tooLong = rig.append("a", "y".repeat(12_000));
        rig.disk.shortWrites(true);
        rig.disk.capacityBytes(rig.disk.usedBytes() + 2_000);
        rig.threads.holdJournal(false);
        rig.threads.runAll();
        assertThat(fits.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(tooLong.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        rig.kill();
        rig.start();
        assertThat(rig.read("a")).isEmpty();
    }

    @Test
    void aCheckpointWaitsForTheJournal() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.threads.holdJournal(true);
        Answer unanswered = rig.append("a", " two");
        rig.checkpoint();
        rig.restart();
        assertThat(unanswered.isThere()).isFalse();
        assertThat(rig.read("a")).isEqualTo("one");
        rig.append("a", " three").appended();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("one three");
    }

    @Test
    @LogsFaults("the journal has failed")
    void whatAKilledProcessLeftStaysOnceItWasRead() throws IOException {
        int unacknowledged = 0;
        for (int changes = 1; changes <= 6; changes++) {
            FileRig rig = new FileRig();
            rig.create(CreateRequest.at("a")).created();
            rig.disk.stopBefore(changes);
            Answer answer = rig.append("a", "x");
            rig.kill();
            rig.start();
            String read = rig.read("a");
            boolean acknowledged = answer.isThere() && answer.outcome() instanceof Outcome.Appended;
            unacknowledged += read.isEmpty() || acknowledged ? 0 : 1;
            rig.restart();
            assertThat(rig.read("a")).as("stopped before change %d", changes).isEqualTo(read);
        }
        assertThat(unacknowledged).isPositive();
    }

    @Test
    @LogsFaults("the journal has failed")
    void whatAFailedSyncLeftInThePageCacheIsWrittenAgain() throws IOException {
        rig.create(CreateRequest.at("a").text("kept")).created();
        rig.disk.failNextSyncs(1);
        assertThat(rig.append("a", "?").code()).isEqualTo(ErrorCode.STORAGE_FAILED);
        rig.kill();
        rig.start();
        String read = rig.read("a");
        assertThat(read).isEqualTo("kept?");
        rig.append("a", "!").appended();
        rig.restart();
        assertThat(rig.read("a")).isEqualTo(read + "!");
    }

    @Test
    @LogsFaults("was abandoned: {}")
    void aCheckpointThatFailsForgetsNothing() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.disk.capacityBytes(rig.disk.usedBytes());
        rig.checkpoint();
        rig.disk.capacityBytes(Long.MAX_VALUE);
        rig.append("a", " two").appended();
        rig.checkpoint();
        assertThat(rig.stream("a").content().place(0)).isInstanceOf(Extent.class);
        rig.restart();
        assertThat(rig.read("a")).isEqualTo("one two");
    }

    @Test
    @LogsFaults("stored data cannot be read")
    void aReadThatFailsIsToldAndOthersGoOn() {
        rig.create(CreateRequest.at("a").text("x")).created();
        rig.checkpoint();
        rig.create(CreateRequest.at("b").text("y")).created();
        rig.disk.failReads(file -> file.toString().endsWith(".ext"));
        assertThat(rig.read("a")).isEqualTo("storage_failed");
        assertThat(rig.read("b")).isEqualTo("y");
        rig.disk.failReads(file -> false);
        assertThat(rig.read("a")).isEqualTo("x");
    }

    @Test
    @LogsFaults("stored data cannot be read")
    void aFlippedBitInAnExtentIsNeverServed() throws IOException {
        rig.create(CreateRequest.at("a").text("x".repeat(500))).created();
        rig.checkpoint();
        Path file = rig.files(".ext").get(0);
        rig.disk.flipBit(file, 64 + 250);
        assertThat(rig.read("a")).isEqualTo("storage_failed");
        rig.kill();
        List<String> problems = new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA);
        assertThat(problems).hasSize(1).first().asString().contains(file.toString(), "checksum");
    }

    @Test
    void aFlippedBitIsFoundWhereverItIs() throws IOException {
        for (int i = 0; i < 20; i++) {
            rig.create(CreateRequest.at("s" + i).text("text " + i)).created();
        }
        rig.checkpoint();
        rig.append("s1", "more").appended();
        rig.kill();
        Path file = rig.files(".ext").get(0);
        for (long position = 0; position < rig.disk.size(file); position += 7) {
            rig.disk.flipBit(file, position);
            byte flipped = byteAt(file, position);
            assertThat(new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA))
                    .as("byte %d", position)
                    .isNotEmpty();
            restore(file, position, flipped);
        }
    }

    /** The flip is undone by trying: only the right byte makes the file whole again. */
    private void restore(Path file, long position, byte flipped) throws IOException {
        try (var opened = rig.disk.open(file)) {
            for (int bit = 0; bit < 8; bit++) {
                byte tried = (byte) (flipped ^ (1 << bit));
                opened.write(position, ByteBuffer.wrap(new byte[] {tried}));
                if (new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA).isEmpty()) {
                    return;
                }
            }
        }
        throw new AssertionError("no bit makes byte " + position + " right again");
    }

    private byte byteAt(Path file, long position) throws IOException {
        try (var opened = rig.disk.open(file)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            opened.readFully(position, one);
            return one.get(0);
        }
    }

    @Test
    void damageWithinTheJournalStopsTheStart() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        for (int i = 0; i < 5; i++) {
            rig.append("a", " more").appended();
        }
        rig.kill();
        Path segment = rig.segmentInUse();
        rig.disk.flipBit(segment, 64 + 60);
        assertThatThrownBy(rig::start)
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining(segment.toString())
                .hasMessageContaining("backup");
        assertThat(rig.disk.files()).contains(segment);
    }

    @Test
    void aTornEndOfTheJournalIsCutAndStaysCut() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.kill();
        Path segment = rig.segmentInUse();
        try (var opened = rig.disk.open(segment)) {
            opened.write(300, ByteBuffer.wrap("garbage that was never acknowledged".getBytes(UTF_8)));
        }
        for (int start = 0; start < 3; start++) {
            rig.start();
            assertThat(rig.read("a")).startsWith("one");
            rig.append("a", "+").appended();
            rig.kill();
        }
        rig.start();
        assertThat(rig.read("a")).isEqualTo("one+++");
    }

    @Test
    void aMissingSegmentStopsTheStart() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.kill();
        for (Path segment : rig.files(".wal")) {
            rig.disk.delete(segment);
        }
        assertThatThrownBy(rig::start).hasMessageContaining("missing").hasMessageContaining("backup");
    }

    @Test
    void aMissingExtentStopsTheStart() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.checkpoint();
        rig.kill();
        rig.disk.delete(rig.files(".ext").get(0));
        assertThatThrownBy(rig::start).hasMessageContaining(".ext is missing");
    }

    @Test
    void aMissingShardStopsTheStart() throws IOException {
        rig.kill();
        rig.disk.delete(FileRig.SHARD.resolve("MANIFEST"));
        assertThatThrownBy(rig::start).hasMessageContaining("is missing or not whole");
    }

    @Test
    void anEmptyDirectoryIsRefusedWhereStreamsMustBe() {
        Path empty = Path.of("/empty");
        assertThatThrownBy(() -> {
                    rig.disk.createDirectories(empty);
                    DataDirectory.open(rig.disk, empty, 0, 1, true);
                })
                .hasMessageContaining("is the file system mounted");
    }

    @Test
    void aManifestOfANewerFormatIsRefused() throws IOException {
        rig.kill();
        Path manifest = FileRig.SHARD.resolve("MANIFEST");
        byte[] text = "streamkeeper manifest 3\n".getBytes(UTF_8);
        rig.disk.delete(manifest);
        try (var opened = rig.disk.create(manifest)) {
            String all = "streamkeeper manifest 3\n";
            opened.write(0, ByteBuffer.wrap(text));
            int checksum = Checksum.of(ByteBuffer.wrap(all.getBytes(UTF_8)));
            opened.write(
                    text.length,
                    ByteBuffer.wrap(String.format("crc32c %08x%n", checksum).getBytes(UTF_8)));
        }
        assertThatThrownBy(rig::start).hasMessageContaining("expected \"streamkeeper manifest 2\"");
    }

    @Test
    void aBackupOfARunningShardIsWhole() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.checkpoint();
        rig.append("a", " two").appended();
        Path copy = Path.of("/copy");
        new StoreBackup(rig.disk, line -> {}).copy(FileRig.DATA, copy);
        assertThat(new StoreVerifier(rig.disk, line -> {}).verify(copy)).isEmpty();
        List<String> lines = new ArrayList<>();
        for (Path file : rig.disk.files()) {
            if (file.startsWith(copy)
                    && (file.toString().endsWith(".ext") || file.toString().endsWith(".wal"))) {
                new FileInspector(rig.disk, lines::add).inspect(file);
            }
        }
        assertThat(String.join("\n", lines)).contains("path=a", "with 4 bytes");
    }

    /**
     * Whatever a recovery reads, extents, the journal or both, and whatever its limits are, it has evicted the same.
     */
    @Test
    void anEvictionIsThereAfterARestartAndSoIsTheOrderOfUse() throws IOException {
        rig.config = new StorageConfig(true, 1 << 20, 1_000_000, 8 << 10, 1 << 26, new ProducerLimits(3, 1_000));
        rig.restart();
        rig.create(CreateRequest.at("a"));
        for (String id : List.of("p", "q", "r", "p")) {
            rig.append(AppendRequest.to("a").text("x").by(id, 0, id.equals("p") && seen(id) ? 1 : 0));
        }
        rig.checkpoint();
        rig.append(AppendRequest.to("a").text("x").by("s", 0, 0));
        rig.append(AppendRequest.to("a").text("x").by("r", 0, 1));
        List<String> before = producers();
        assertThat(before).containsExactly("p", "s", "r");

        rig.config = new StorageConfig(true, 1 << 20, 1_000_000, 8 << 10, 1 << 26, new ProducerLimits(100, 0));
        rig.restart();
        assertThat(producers()).isEqualTo(before);
        rig.checkpoint();
        rig.restart();
        assertThat(producers()).isEqualTo(before);
        rig.stop();
    }

    private boolean seen(String id) {
        return producers().contains(id);
    }

    private List<String> producers() {
        return rig.store.streamAt(new StreamPath("a")).meta().producers().stream()
                .map(known -> known.last().id())
                .toList();
    }
}
