package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A disk on which others have taken the last byte: deletions succeed, and what they release is used for writes again.
 */
class FullDiskTest {
    private static final Path RESERVE = FileRig.SHARD.resolve(DataDirectory.RESERVE);

    private FileRig rig = withReserve();

    FullDiskTest() throws IOException {}

    private static FileRig withReserve() throws IOException {
        FileRig made = new FileRig();
        made.stop();
        made.config =
                new StorageConfig(true, 64 << 10, 1_000_000, 32 << 10, 1 << 26, ProducerLimits.DEFAULT).withReserve();
        made.start();
        return made;
    }

    @AfterEach
    void stop() {
        rig.stop();
    }

    private void work(int turns) {
        for (int i = 0; i < turns; i++) {
            rig.store.keepUp();
            rig.threads.runAll();
            rig.clock.advance(200);
        }
    }

    /** Others take all room, and the journal takes no more appends. */
    private void fill() {
        rig.create(CreateRequest.at("small")).created();
        fillWith("small");
    }

    private void fillWith(String path) {
        rig.disk.capacityBytes(rig.disk.usedBytes());
        String word = "";
        for (int i = 0; i < 1_000 && !word.equals("storage_full"); i++) {
            word = rig.append(path, "s".repeat(300)).word();
        }
        assertThat(word).isEqualTo("storage_full");
        work(10);
        // Whatever the store has released meanwhile, others take too.
        rig.disk.capacityBytes(rig.disk.usedBytes());
        work(10);
        assertThat(rig.append(path, "s".repeat(300)).word()).isEqualTo("storage_full");
    }

    private void fillExtentsWith(String path, int kilobytes) {
        rig.create(CreateRequest.at(path)).created();
        for (int i = 0; i < kilobytes; i++) {
            rig.append(path, "x".repeat(1_000)).appended();
        }
        rig.checkpoint();
    }

    @Test
    @LogsFaults({
        "the next journal segment cannot be prepared",
        "was abandoned: {}",
        "the reserve of {} bytes is released",
        "the reserve of {} bytes is made again"
    })
    void whatIsDeletedInFilesIsReleasedWithoutAFreeByte() throws IOException {
        fillExtentsWith("big", 300);
        work(10);
        assertThat(rig.disk.files()).contains(RESERVE);
        fill();
        assertThat(rig.delete("big").word()).isEqualTo("deleted");
        rig.append("small", "s".repeat(300));
        work(20);
        assertThat(rig.append("small", "y".repeat(300)).word()).isEqualTo("wrote");
        work(20);
        assertThat(rig.disk.files()).as("with the reserve again").contains(RESERVE);
        rig.restart();
        assertThat(rig.read("small")).endsWith("y".repeat(300));
        assertThat(rig.read("big")).isEqualTo("stream_not_found");
    }

    @Test
    @LogsFaults({
        "the next journal segment cannot be prepared",
        "was abandoned: {}",
        "the reserve of {} bytes is released"
    })
    void whatIsDeletedInTheJournalIsReleasedWithoutAFreeByte() throws IOException {
        work(10);
        rig.create(CreateRequest.at("big")).created();
        rig.create(CreateRequest.at("small").text("live")).created();
        fillWith("big");
        assertThat(rig.delete("big").word()).isEqualTo("deleted");
        rig.append("small", "s".repeat(300));
        work(20);
        assertThat(rig.append("small", "y".repeat(300)).word()).isEqualTo("wrote");
        rig.restart();
        assertThat(rig.read("small")).startsWith("live").endsWith("y".repeat(300));
    }

    @Test
    @LogsFaults({
        "the next journal segment cannot be prepared",
        "was abandoned: {}",
        "the reserve of {} bytes is released"
    })
    void aSmallPartOfTheDiskIsReleasedTooWhereItIsFull() throws IOException {
        fillExtentsWith("big", 300);
        fillExtentsWith("tenth", 60);
        work(10);
        fill();
        assertThat(rig.delete("tenth").word()).isEqualTo("deleted");
        rig.append("small", "s".repeat(300));
        work(20);
        assertThat(rig.append("small", "y".repeat(300)).word()).isEqualTo("wrote");
        assertThat(rig.read("big")).hasSize(300_000);
    }

    @Test
    @LogsFaults({
        "the next journal segment cannot be prepared",
        "the reserve of {} bytes is not made",
        "the reserve of {} bytes is made again"
    })
    void aStartOnAFullDiskNeedsNoReserve() throws IOException {
        fillExtentsWith("big", 300);
        rig.create(CreateRequest.at("small")).created();
        rig.stop();
        rig.disk.delete(RESERVE);
        rig.disk.syncDirectory(FileRig.SHARD);
        rig.disk.capacityBytes(rig.disk.usedBytes());
        rig.start();
        work(10);
        assertThat(rig.disk.files()).doesNotContain(RESERVE);
        assertThat(rig.read("big")).hasSize(300_000);
        assertThat(rig.delete("small").word()).isEqualTo("deleted");

        rig.disk.capacityBytes(rig.disk.usedBytes() + 200_000);
        work(10);
        assertThat(rig.disk.files()).contains(RESERVE);
        rig.append("big", "y").appended();
    }

    @Test
    void aReserveThatWasNotCompletedIsMadeAgain() throws IOException {
        work(10);
        rig.stop();
        long bytes = rig.disk.size(RESERVE);
        rig.disk.open(RESERVE).truncate(bytes / 2);
        rig.start();
        work(10);
        assertThat(rig.disk.size(RESERVE)).isEqualTo(rig.config.reserveBytes()).isEqualTo(bytes);
    }

    @Test
    @MayLogFaults({
        "the journal has failed",
        "shard {} has failed",
        "the next journal segment cannot be prepared",
        "was abandoned: {}",
        "is not needed, but cannot be removed",
        "journal segments before {} are not needed",
        "the reserve cannot be released",
        "the reserve of {} bytes is not made",
        "the reserve of {} bytes is released"
    })
    void theStoreStartsAgainAfterAKillOrAPowerCutInEachState() throws IOException {
        for (int end = 0; end < 2; end++) {
            for (int change = 1; change < 40; change++) {
                rig.stop();
                rig = withReserve();
                fillExtentsWith("big", 100);
                work(10);
                fill();
                rig.disk.stopBefore(change);
                Answer answer = new Answer();
                rig.store.delete(new Command.Delete(new StreamPath("big"), Preconditions.NONE), answer);
                work(20);
                if (end == 0) {
                    rig.kill();
                } else {
                    rig.cutPower();
                }
                rig.start();
                String shape = (end == 0 ? "kill" : "power cut") + " before change " + change;
                if (answer.isThere() && answer.word().equals("deleted")) {
                    assertThat(rig.read("big")).as(shape).isEqualTo("stream_not_found");
                }
                work(20);
                assertThat(rig.disk.size(RESERVE)).as(shape).isEqualTo(rig.config.reserveBytes());
                assertThat(rig.append("small", "y").word()).as(shape).isEqualTo("wrote");
            }
        }
    }

    @Test
    @LogsFaults("the next journal segment cannot be prepared")
    void anAppendLongerThanASegmentIsRefusedWhereTheDiskReportsLateThatItIsFull() {
        rig.create(CreateRequest.at("a")).created();
        rig.disk.reportsLate(true);
        rig.disk.capacityBytes(rig.disk.usedBytes() + 100);
        for (int i = 0; i < 2; i++) {
            assertThat(rig.append("a", "x".repeat(100_000)).word()).isEqualTo("storage_full");
        }
        rig.append("a", "<short>").appended();
        rig.disk.capacityBytes(Long.MAX_VALUE);
        rig.append("a", "y".repeat(100_000)).appended();
        assertThat(rig.store.failure()).isNull();
        assertThat(rig.read("a")).isEqualTo("<short>" + "y".repeat(100_000));
    }

    @Test
    @LogsFaults({
        "the next journal segment cannot be prepared",
        "was abandoned: {}",
        "the reserve of {} bytes is not made"
    })
    void aDeletionSucceedsWhateverIsWrittenWithIt() throws IOException {
        for (int i = 0; i < 6; i++) {
            rig.create(CreateRequest.at("s" + i)).created();
        }
        fill();
        List<Answer> deletions = new ArrayList<>();
        List<Answer> appends = new ArrayList<>();
        deletions.add(delete("s0"));
        appends.add(append());
        deletions.add(delete("s1"));
        appends.add(append());
        rig.threads.runAll();
        rig.threads.holdJournal(true);
        deletions.add(delete("s2"));
        rig.threads.runAll();
        appends.add(append());
        rig.threads.runAll();
        deletions.add(delete("s3"));
        rig.threads.runAll();
        rig.threads.holdJournal(false);
        rig.threads.runAll();
        assertThat(deletions).extracting(Answer::word).containsOnly("deleted");
        assertThat(appends).extracting(Answer::word).containsOnly("storage_full");
        rig.restart();
        for (int i = 0; i < 4; i++) {
            assertThat(rig.read("s" + i)).isEqualTo("stream_not_found");
        }
        assertThat(rig.read("s4")).isEmpty();
    }

    private Answer delete(String path) {
        Answer answer = new Answer();
        rig.store.delete(new Command.Delete(new StreamPath(path), Preconditions.NONE), answer);
        return answer;
    }

    private Answer append() {
        Answer answer = new Answer();
        rig.store.append(AppendRequest.to("small").text("z".repeat(300)).command(), answer);
        return answer;
    }
}
