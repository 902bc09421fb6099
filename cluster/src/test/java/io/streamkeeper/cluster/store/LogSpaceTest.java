package io.streamkeeper.cluster.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.cluster.LogPosition;
import io.streamkeeper.storage.disk.Obstacle;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.journal.Journal.ReplayStart;
import io.streamkeeper.storage.journal.RecordBatches;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The space that a leader leaves on its disk, because a log that finds none ends its member. */
class LogSpaceTest {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final LogRecord APPENDED = new LogRecord.Appended(1, null, 0, null, false, 0);
    private static final LogRecord DELETED = new LogRecord.Deleted(1, true, 0);

    private long freeBytes;
    private @Nullable IOException broken;

    private LogSpace space(long totalBytes, LongSupplier backlogBytes) {
        return new LogSpace(this::free, totalBytes, (int) (4 * MIB), backlogBytes);
    }

    private long free() throws IOException {
        if (broken != null) {
            throw broken;
        }
        return freeBytes;
    }

    /** It looks at the disk once in some milliseconds only. */
    private static void awaitLook(LogSpace space, boolean isFull) {
        await().until(() -> {
            space.look();
            return isFull == (space.obstacle() != null);
        });
    }

    private void assertFullBelow(LogSpace space, long bytes) {
        freeBytes = bytes - 1;
        awaitLook(space, true);
        freeBytes = bytes;
        awaitLook(space, false);
    }

    @Test
    void theFilesOfTheLogTheFramesUnderWayAndTheNextCheckpointsHaveSpace() {
        assertFullBelow(space(GIB, () -> 0), 20 * MIB);
        assertFullBelow(space(GIB, () -> 30 * MIB), 50 * MIB);
    }

    @Test
    void ofASmallDiskAQuarterIsReserved() {
        assertFullBelow(space(40 * MIB, () -> 0), 10 * MIB);
    }

    @Test
    void aDiskWhoseSpaceCannotBeReadDoesNotCountAsFull() {
        LogSpace space = space(GIB, () -> 0);
        awaitLook(space, true);
        broken = new IOException("broken");
        awaitLook(space, false);
    }

    @Test
    void aLeaderWithoutSpaceTakesDeletionsOnly() {
        LogSpace space = space(GIB, () -> 0);
        ShardJournal journal = new ShardJournal(
                0,
                new MemoryBudget(MIB),
                0,
                LogPosition.BEGIN,
                new AppliedFrames(0, 0),
                Runnable::run,
                new Node(space));
        try {
            assertThat(journal.obstacle()).isNull();
            journal.lead(1, 0);
            journal.stage(APPENDED, Payload.NONE);
            freeBytes = 3 * MIB;
            awaitLook(space, true);
            assertThat(journal.obstacle()).isNotNull().matches(Obstacle::isDiskFull);
            assertThatThrownBy(() -> journal.stage(APPENDED, Payload.NONE))
                    .isInstanceOf(StorageFullException.class)
                    .hasMessageContaining("3 MiB are free")
                    .hasMessageContaining("need 20 MiB");
            assertThat(journal.stage(DELETED, Payload.NONE).lsn()).isEqualTo(2);
            freeBytes = GIB;
            awaitLook(space, false);
            assertThat(journal.stage(APPENDED, Payload.NONE).lsn()).isEqualTo(3);
        } finally {
            journal.close();
        }
    }

    private record Node(LogSpace space) implements ShardJournal.Node {
        @Override
        public void submit(long term, int shard, RecordBatches.Batch batch) {
            batch.memory().release();
        }

        @Override
        public void released(int shard, ReplayStart start) {}

        @Override
        public void failed(int shard, StorageFailedException reason) {}

        @Override
        public @Nullable Obstacle obstacle() {
            return space.obstacle();
        }
    }
}
