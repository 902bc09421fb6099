package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A disk on which there is little room: what does not fit delays nothing that does. */
class NearlyFullDiskTest {
    private static final int CHECKPOINT_BYTES = 64 << 10;
    private static final int BACKLOG_BYTES = 8 << 20;

    /** As many files of about the same size are merged. */
    private static final int MERGED = 8;

    private final FileRig rig = new FileRig();

    NearlyFullDiskTest() throws IOException {
        rig.restartWith(
                new StorageConfig(true, CHECKPOINT_BYTES, 1_000_000, 64 << 10, BACKLOG_BYTES, ProducerLimits.DEFAULT));
        rig.create(CreateRequest.at("a")).created();
    }

    @AfterEach
    void stop() {
        rig.stop();
    }

    /** Appends what a checkpoint is due for, and does what is due then, in no time. */
    private void appendForCheckpoint() {
        for (int i = 0; i < CHECKPOINT_BYTES / 1_000 + 1; i++) {
            rig.append("a", "x".repeat(1_000)).appended();
        }
        rig.step();
    }

    private int extents() {
        return rig.files(".ext").size();
    }

    @Test
    void aCompactionThatWouldLeaveNoRoomForACheckpointDoesNotBegin() {
        for (int i = 1; i < MERGED; i++) {
            appendForCheckpoint();
        }
        rig.disk.capacityBytes(rig.disk.usedBytes() + 6 * CHECKPOINT_BYTES);
        for (int i = 0; i < 3; i++) {
            appendForCheckpoint();
        }
        assertThat(extents()).isEqualTo(MERGED + 2);
        rig.disk.capacityBytes(Long.MAX_VALUE);
        appendForCheckpoint();
        assertThat(extents()).as("merged when there is room").isLessThan(MERGED);
    }

    @Test
    @LogsFaults("was abandoned: {}")
    void aCompactionThatFailsDelaysNoCheckpoint() {
        for (int i = 1; i < MERGED; i++) {
            appendForCheckpoint();
        }
        for (int i = 0; i < CHECKPOINT_BYTES / 1_000 + 1; i++) {
            rig.append("a", "x".repeat(1_000)).appended();
        }
        rig.store.checkpointAndCompact();
        rig.threads.runAll();
        rig.store.checkpointAndCompact();
        while (extents() == MERGED) {
            assertThat(rig.threads.runOne()).isTrue();
        }
        rig.disk.capacityBytes(rig.disk.usedBytes());
        rig.threads.runAll();
        assertThat(extents()).isEqualTo(MERGED);
        rig.disk.capacityBytes(Long.MAX_VALUE);
        appendForCheckpoint();
        assertThat(extents()).isEqualTo(MERGED + 1);
        rig.clock.advance(1_000);
        rig.step();
        assertThat(extents()).as("merged after the pause").isLessThan(MERGED);
    }

    @Test
    @LogsFaults("was abandoned: {}")
    void noWriteWaitsForACheckpointForWhichThereIsNoRoom() {
        rig.create(CreateRequest.at("b")).created();
        rig.disk.capacityBytes(rig.disk.usedBytes() + BACKLOG_BYTES + CHECKPOINT_BYTES);
        while (!rig.store.isPressed(1_000)) {
            rig.append("a", "x".repeat(1_000)).appended();
        }
        rig.step();
        assertThat(rig.store.isPressed(1_000)).isFalse();

        rig.delete("b");
        assertThat(rig.store.isPressed(1_000)).as("after a deletion").isTrue();
        rig.clock.advance(1_000);
        rig.step();
        assertThat(rig.store.isPressed(1_000)).as("without enough room").isFalse();

        rig.disk.capacityBytes(Long.MAX_VALUE);
        rig.clock.advance(1_000);
        rig.step();
        assertThat(rig.store.backlogBytes()).isLessThan(BACKLOG_BYTES / 2);
    }
}
