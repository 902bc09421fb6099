package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.extent.ExtentUsage;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Checkpoints and compactions that an operator requests when none is due. */
class RequestedJobsTest {
    /** Nothing is due by itself. */
    private static final StorageConfig CONFIG =
            new StorageConfig(true, 1 << 30, 1_000_000_000, 1 << 20, 1 << 26, ProducerLimits.DEFAULT);

    private static final String TEXT = "x".repeat(1_000);

    private static FileRig rig() throws IOException {
        FileRig rig = new FileRig();
        rig.restartWith(CONFIG);
        return rig;
    }

    private static AtomicInteger checkpointed(FileRig rig) {
        AtomicInteger done = new AtomicInteger();
        rig.store.checkpointNow(done::incrementAndGet);
        return done;
    }

    @Test
    void aRequestedCheckpointIsDoneWhenAFileContainsWhatWasStagedBefore() throws IOException {
        FileRig rig = rig();
        rig.create(CreateRequest.at("s").text(TEXT));
        rig.step(20);
        assertThat(rig.files(".ext")).isEmpty();

        AtomicInteger done = checkpointed(rig);
        assertThat(done).hasValue(0);
        rig.step(20);

        assertThat(done).hasValue(1);
        assertThat(rig.files(".ext")).hasSize(1);
        assertThat(rig.store.extentUsage().files()).isEqualTo(1);
        assertThat(rig.store.extentUsage().bytes()).isGreaterThan(1_000);
        rig.stop();
    }

    @Test
    void aCheckpointThatHasBegunBeforeTheRequestIsNotEnough() throws IOException {
        FileRig rig = rig();
        rig.create(CreateRequest.at("s").text(TEXT));
        rig.step(1);
        AtomicInteger first = checkpointed(rig);
        rig.store.checkpointAndCompact();
        rig.create(CreateRequest.at("t").text(TEXT));
        AtomicInteger second = checkpointed(rig);
        rig.step(30);

        assertThat(first).hasValue(1);
        assertThat(second).hasValue(1);
        assertThat(rig.files(".ext")).hasSize(2);
        rig.stop();
    }

    @Test
    void aCheckpointOfNothingIsDoneAtOnce() throws IOException {
        FileRig rig = rig();

        AtomicInteger done = checkpointed(rig);
        rig.step(1);

        assertThat(done).hasValue(1);
        assertThat(rig.files(".ext")).isEmpty();
        rig.stop();
    }

    @Test
    void aRequestedCompactionRemovesWhatIsNotDueYet() throws IOException {
        FileRig rig = rig();
        for (int i = 0; i < 40; i++) {
            rig.create(CreateRequest.at("s" + i).text(TEXT));
        }
        checkpointed(rig);
        rig.step(30);
        for (int i = 0; i < 8; i++) {
            rig.delete("s" + i);
        }
        checkpointed(rig);
        rig.step(30);
        ExtentUsage before = rig.store.extentUsage();
        assertThat(before.bytes() - before.neededBytes()).isGreaterThan(8_000);

        AtomicInteger done = new AtomicInteger();
        rig.store.compactNow(done::incrementAndGet);
        assertThat(done).hasValue(0);
        rig.step(60);

        assertThat(done).hasValue(1);
        ExtentUsage after = rig.store.extentUsage();
        assertThat(after.bytes() - after.neededBytes()).isLessThan(4_096);
        assertThat(after.bytes()).isLessThan(before.bytes() - 7_000);
        rig.restart();
        assertThat(rig.store.streamCount()).isEqualTo(32);
        rig.stop();
    }

    @Test
    void aCompactionOfNothingIsDoneAtOnce() throws IOException {
        FileRig rig = rig();
        AtomicInteger done = new AtomicInteger();

        rig.store.compactNow(done::incrementAndGet);
        rig.step(1);

        assertThat(done).hasValue(1);
        rig.stop();
    }
}
