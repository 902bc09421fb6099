package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.extent.CompactionPolicy;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The number of files, and of the runs of a stream in them, is bounded by what is stored, also if files are large. */
class LargeFilesTest {
    private static final int FILE_BYTES = 8 << 10;

    /** A compaction writes four files of a checkpoint. */
    private static final StorageConfig CONFIG = new StorageConfig(
                    true, 1 << 20, 1_000_000, 8 << 10, 1 << 26, ProducerLimits.DEFAULT)
            .withCompactedBytesMax(4 * FILE_BYTES + FILE_BYTES / 2);

    private static final int CHECKPOINTS = 60;

    @Test
    void filesThatAreTooLargeToBeMergedAllAtOnceAreMergedInGroups() throws IOException {
        FileRig rig = new FileRig();
        rig.restartWith(CONFIG);
        rig.create(CreateRequest.at("s"));
        rig.create(CreateRequest.at("bulk"));
        for (int i = 0; i < CHECKPOINTS; i++) {
            rig.append("s", "x" + i % 10);
            rig.append("bulk", "y".repeat(FILE_BYTES));
            rig.checkpoint();
        }
        int filesMax = CHECKPOINTS / 4 + CompactionPolicy.TIER_FILES;
        assertThat(rig.files(".ext").size()).isLessThanOrEqualTo(filesMax);
        assertThat(rig.stream("s").content().runCount()).isLessThanOrEqualTo(filesMax);
        rig.restart();
        assertThat(rig.read("s")).isEqualTo("x0x1x2x3x4x5x6x7x8x9".repeat(CHECKPOINTS / 10));
        rig.stop();
    }

    /** Eight of the small files fit, but fill less than three quarters of what a compaction writes. */
    @Test
    void smallFilesBesideLargeOnesAreMerged() throws IOException {
        int bytesMax = 32 << 10;
        int largeBytes = 12 << 10;
        int smallBytes = 2_300;
        FileRig rig = new FileRig();
        rig.restartWith(CONFIG.withCompactedBytesMax(bytesMax));
        rig.create(CreateRequest.at("s"));
        rig.create(CreateRequest.at("bulk"));
        for (int i = 0; i < CHECKPOINTS; i++) {
            rig.append("s", "x" + i % 10);
            rig.append("bulk", "y".repeat(i < 4 ? largeBytes : smallBytes));
            rig.checkpoint();
        }
        int filesMax = CHECKPOINTS * (smallBytes + 300) / (bytesMax / 2) + CompactionPolicy.TIER_FILES;
        assertThat(rig.files(".ext").size()).isLessThanOrEqualTo(filesMax);
        assertThat(rig.stream("s").content().runCount()).isLessThanOrEqualTo(filesMax);
        rig.restart();
        assertThat(rig.read("s")).isEqualTo("x0x1x2x3x4x5x6x7x8x9".repeat(CHECKPOINTS / 10));
        rig.stop();
    }
}
