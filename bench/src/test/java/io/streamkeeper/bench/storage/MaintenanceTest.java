package io.streamkeeper.bench.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.bench.process.LogLine;
import io.streamkeeper.bench.storage.Maintenance.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MaintenanceTest {
    private static final List<LogLine> LOG = List.of(
            new LogLine(100, "INFO  Checkpoint - shard 0: checkpoint 3 begins: 7 streams have changed"),
            new LogLine(150, "INFO  Checkpoint - shard 1: checkpoint 3 begins"),
            new LogLine(200, "INFO  Checkpoint - shard 0: checkpoint 3 ends: 12 ms"),
            new LogLine(250, "INFO  Something else begins"),
            new LogLine(300, "INFO  Checkpoint - shard 1: checkpoint 3 ends: 15 ms"),
            new LogLine(400, "INFO  ExtentMerge - shard 0: compaction 1 begins: 2 files"));

    private final Maintenance maintenance = Maintenance.of(LOG);

    @Test
    void noTaskOverlapsAnIntervalBeforeTheFirst() {
        assertThat(maintenance.kindsBetween(0, 100)).isEmpty();
    }

    @Test
    void taskThatOverlapsAnIntervalIsFound() {
        assertThat(maintenance.kindsBetween(0, 101)).containsExactly(Kind.CHECKPOINT);
        assertThat(maintenance.kindsBetween(200, 210)).containsExactly(Kind.CHECKPOINT);
        assertThat(maintenance.kindsBetween(300, 390)).containsExactly(Kind.CHECKPOINT);
        assertThat(maintenance.kindsBetween(301, 400)).isEmpty();
    }

    @Test
    void taskWithoutAnEndContinues() {
        assertThat(maintenance.kindsBetween(9_000, 9_001)).containsExactly(Kind.COMPACTION);
    }

    @Test
    void tasksOfDifferentShardsAreDistinct() {
        assertThat(maintenance.count(Kind.CHECKPOINT, 0, 1_000)).isEqualTo(2);
        assertThat(maintenance.count(Kind.COMPACTION, 0, 1_000)).isEqualTo(1);
    }

    @Test
    void taskWithoutABeginningCountsAtItsEnd() {
        Maintenance cut = Maintenance.of(List.of(new LogLine(50, "shard 0: compaction 9 ends: done")));
        assertThat(cut.kindsBetween(50, 60)).containsExactly(Kind.COMPACTION);
        assertThat(cut.kindsBetween(51, 60)).isEmpty();
    }
}
