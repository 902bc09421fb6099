package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.extent.CompactionPolicy;
import io.streamkeeper.storage.extent.Extent;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Faults of the world that pass: a full disk, little memory, a clock that is set, a compaction under way. */
class PassingFaultsTest {
    private final FileRig rig = new FileRig();

    PassingFaultsTest() throws IOException {}

    private void work(int turns) {
        for (int i = 0; i < turns; i++) {
            rig.store.keepUp();
            rig.threads.runAll();
            rig.clock.advance(100);
        }
    }

    @Test
    @LogsFaults("the next journal segment cannot be prepared")
    void deletingTheBigStreamOfAFullDiskHelpsAtOnce() throws IOException {
        rig.create(CreateRequest.at("big")).created();
        rig.disk.capacityBytes(rig.disk.usedBytes() + 64_000);
        String word = "";
        for (int i = 0; i < 1_000 && !word.equals("storage_full"); i++) {
            word = rig.append("big", "x".repeat(500)).word();
        }
        assertThat(word).isEqualTo("storage_full");
        assertThat(rig.delete("big").word()).isEqualTo("deleted");
        work(20);
        rig.create(CreateRequest.at("next")).created();
        for (int i = 0; i < 20; i++) {
            assertThat(rig.append("next", "y".repeat(500)).word()).isEqualTo("wrote");
        }
        rig.restart();
        assertThat(rig.read("next")).hasSize(10_000);
        rig.stop();
    }

    @Test
    @LogsFaults({"the next journal segment cannot be prepared", "was abandoned: {}"})
    void aStreamCanBeDeletedHoweverFullTheDiskIs() throws IOException {
        for (int extra = 0; extra <= 40_000; extra = extra * 2 + 1_000) {
            for (int size : new int[] {7, 100, 500, 3_000}) {
                FileRig full = new FileRig();
                full.create(CreateRequest.at("big")).created();
                full.disk.capacityBytes(full.disk.usedBytes() + extra);
                String word = "";
                for (int i = 0; i < 10_000 && !word.equals("storage_full"); i++) {
                    word = full.append("big", "x".repeat(size)).word();
                }
                String shape = size + " bytes an append, " + extra + " bytes of room";
                assertThat(word).as(shape).isEqualTo("storage_full");
                assertThat(full.delete("big").word()).as(shape).isEqualTo("deleted");
                for (int i = 0; i < 40; i++) {
                    full.store.keepUp();
                    full.threads.runAll();
                    full.clock.advance(100);
                }
                full.disk.capacityBytes(full.disk.usedBytes() + 64_000);
                full.create(CreateRequest.at("next")).created();
                full.append("next", "y".repeat(500)).appended();
                full.restart();
                assertThat(full.read("next")).as(shape).hasSize(500);
                assertThat(full.read("big")).as(shape).isEqualTo("stream_not_found");
                full.stop();
            }
        }
        rig.stop();
    }

    @Test
    void aStreamThatIsDroppedWhileACompactionDecidesOnItLeavesNoRunsWithoutADescription() throws IOException {
        rig.create(CreateRequest.at("source").text("x".repeat(5_000))).created();
        for (int i = 1; i < CompactionPolicy.TIER_FILES; i++) {
            rig.checkpoint();
            rig.append("source", "y".repeat(5_000)).appended();
        }
        ForkSource pinned = Taken.pin(
                rig.store, CreateRequest.at("fork").forkOf("source", null).command());
        assertThat(rig.delete("source").word()).isEqualTo("deleted");
        rig.clock.advance(2_000_000);
        rig.store.checkpointAndCompact();
        rig.threads.runAll();
        assertThat(rig.files(".ext")).hasSize(CompactionPolicy.TIER_FILES);

        rig.store.checkpointAndCompact();
        assertThat(rig.threads.runOne())
                .as("the compaction decides on the second file")
                .isTrue();
        rig.store.releaseSource(pinned.generation(), () -> {});
        rig.threads.runAll();
        assertThat(rig.files(".ext").size()).as("files that a compaction left").isLessThan(2);
        rig.restart();
        assertThat(rig.read("source")).isEqualTo("stream_not_found");
        rig.stop();
    }

    @Test
    void aStreamCanBeDeletedHoweverFullTheMemoryIs() throws IOException {
        rig.restartWith(new StorageConfig(true, 1 << 20, 1_000_000, 64 << 10, 4 << 20, ProducerLimits.DEFAULT));
        rig.create(CreateRequest.at("big")).created();
        rig.disk.capacityBytes(rig.disk.usedBytes() + (8 << 20));
        rig.threads.holdJournal(true);
        for (int bytes : new int[] {100_000, 1_000, 1}) {
            String word = "";
            for (int i = 0; i < 1_000 && !word.equals("overloaded"); i++) {
                Answer answer = new Answer();
                rig.store.append(AppendRequest.to("big").text("x".repeat(bytes)).command(), answer);
                word = answer.isThere() ? answer.word() : "";
            }
            assertThat(word).as("after appends of " + bytes).isEqualTo("overloaded");
        }
        rig.threads.holdJournal(false);
        assertThat(rig.delete("big").word()).isEqualTo("deleted");
        rig.stop();
    }

    @Test
    @LogsFaults({"the next journal segment cannot be prepared", "was abandoned: {}"})
    void aFullDiskTakesDeletionsThatNeedAnotherSegment() throws IOException {
        for (boolean restarts : new boolean[] {false, true}) {
            FileRig other = new FileRig();
            other.create(CreateRequest.at("big")).created();
            for (int i = 0; i < 200; i++) {
                other.create(CreateRequest.at("s" + i)).created();
            }
            other.checkpoint();
            long segment = other.config.segmentBytes();
            other.disk.capacityBytes(other.disk.usedBytes() + 8 * segment);
            String word = "";
            for (int i = 0; i < 10_000 && !word.equals("storage_full"); i++) {
                word = other.append("big", "x".repeat((int) segment / 16)).word();
                other.store.keepUp();
                other.threads.runAll();
            }
            assertThat(word).isEqualTo("storage_full");
            if (restarts) {
                other.restart();
                other.append("big", "x".repeat((int) segment / 2));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(other.delete("s" + i).word()).as("deletion " + i).isEqualTo("deleted");
            }
            assertThat(other.delete("big").word()).isEqualTo("deleted");
            for (int i = 0; i < 60; i++) {
                other.store.keepUp();
                other.threads.runAll();
                other.clock.advance(100);
            }
            other.create(CreateRequest.at("next")).created();
            assertThat(other.append("next", "y".repeat(500)).word()).isEqualTo("wrote");
            other.restart();
            assertThat(other.read("next")).hasSize(500);
            other.stop();
        }
        rig.stop();
    }

    @Test
    @LogsFaults({"the next journal segment cannot be prepared", "was abandoned: {}"})
    void whatIsInFilesAndDeletedMakesRoomForTheCheckpointThatDidNotFit() throws IOException {
        rig.create(CreateRequest.at("big")).created();
        for (int i = 0; i < 100; i++) {
            rig.append("big", "x".repeat(1_000)).appended();
        }
        rig.checkpoint();
        rig.create(CreateRequest.at("other")).created();
        for (int i = 0; i < 40; i++) {
            rig.append("other", "y".repeat(1_000)).appended();
        }
        rig.disk.capacityBytes(rig.disk.usedBytes() + 5_000);
        work(20);
        String word = "";
        for (int i = 0; i < 1_000 && !word.equals("storage_full"); i++) {
            word = rig.append("other", "z".repeat(500)).word();
        }
        work(40);
        assertThat(rig.delete("big").word()).isEqualTo("deleted");
        work(60);
        assertThat(rig.append("other", "z".repeat(500)).word()).isEqualTo("wrote");
        rig.stop();
    }

    @Test
    void checkpointsComeWhenTheWallClockIsSetBack() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        rig.clock.set(-86_400_000L);
        for (int i = 0; i < 12; i++) {
            rig.clock.advance(100_000);
            work(2);
        }
        assertThat(rig.files(".ext")).hasSize(1);
        rig.stop();
    }

    @Test
    void aCheckpointComesBeforeTheMemoryForWhatWaitsIsFull() throws IOException {
        rig.restartWith(new StorageConfig(true, 1 << 30, 1_000_000_000, 64 << 10, 8 << 20, ProducerLimits.DEFAULT));
        rig.create(CreateRequest.at("a")).created();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            words.add(rig.append("a", "x".repeat(1 << 20)).word());
            work(1);
        }
        assertThat(words).containsOnly("wrote");
        rig.stop();
    }

    @Test
    void aWriteThatFindsNoMemoryBringsACheckpointThoughNoneIsDue() throws IOException {
        rig.restartWith(new StorageConfig(true, 1 << 30, 1_000_000, 64 << 10, 16 << 20, ProducerLimits.DEFAULT));
        rig.create(CreateRequest.at("a")).created();
        for (int i = 0; i < 3; i++) {
            rig.append("a", "x".repeat(1_100_000)).appended();
        }
        work(3);
        assertThat(rig.files(".ext")).as("no checkpoint is due").isEmpty();
        assertThat(rig.append("a", "y".repeat(13 << 20)).word()).isEqualTo("overloaded");
        work(3);
        rig.append("a", "y".repeat(13 << 20)).appended();
        rig.stop();
    }

    @Test
    void aCheckpointDoesNotWaitForACompaction() throws IOException {
        rig.restartWith(new StorageConfig(true, 1 << 20, 1_000_000_000, 1 << 20, 256 << 20, ProducerLimits.DEFAULT));
        rig.create(CreateRequest.at("big")).created();
        rig.create(CreateRequest.at("a")).created();
        for (int i = 0; i < CompactionPolicy.TIER_FILES; i++) {
            rig.append("big", "x".repeat(4 << 20)).appended();
            rig.append("big", "x".repeat(4 << 20)).appended();
            rig.store.keepUp();
            rig.threads.runAll();
        }
        assertThat(rig.files(".ext")).hasSize(CompactionPolicy.TIER_FILES);
        rig.store.keepUp();
        Answer answer = new Answer();
        rig.store.append(AppendRequest.to("a").text("y".repeat(2 << 20)).command(), answer);
        int tasks = 0;
        while (!(rig.stream("a").content().runCount() > 0
                && rig.stream("a").content().place(0) instanceof Extent)) {
            rig.store.keepUp();
            assertThat(rig.threads.runOne()).as("the checkpoint ends").isTrue();
            tasks++;
        }
        assertThat(rig.files(".ext").size())
                .as("files after " + tasks + " tasks: the compaction is not at its end")
                .isGreaterThan(CompactionPolicy.TIER_FILES);
        work(30);
        assertThat(rig.files(".ext").size()).isLessThan(CompactionPolicy.TIER_FILES);
        rig.restart();
        assertThat(rig.stream("a").durableTail()).isEqualTo(2L << 20);
        assertThat(rig.stream("big").durableTail()).isEqualTo(64L << 20);
        rig.stop();
    }

    @Test
    void namesOfFilesDoNotDependOnTheLocale() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            FileRig other = new FileRig();
            other.create(CreateRequest.at("a").text("one")).created();
            other.checkpoint();
            assertThat(other.disk.files())
                    .allMatch(file -> file.toString().chars().allMatch(c -> c < 128));
            Locale.setDefault(Locale.ROOT);
            other.restart();
            assertThat(other.read("a")).isEqualTo("one");
            other.delete("a").as(Outcome.Deleted.class);
            other.stop();
        } finally {
            Locale.setDefault(before);
        }
        rig.stop();
    }
}
