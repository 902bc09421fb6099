package io.streamkeeper.bench.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.process.LogLine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WindowClassesTest {
    private static final long SECOND = 1_000_000_000L;

    private final Measurement measurement = Measurement.inWindows(SECOND);
    private final Maintenance maintenance = Maintenance.of(List.of(
            new LogLine(SECOND + 1, "shard 0: checkpoint 1 begins"),
            new LogLine(SECOND + 2, "shard 0: checkpoint 1 ends"),
            new LogLine(3 * SECOND + 1, "shard 0: checkpoint 2 begins"),
            new LogLine(3 * SECOND + 2, "shard 1: compaction 1 begins"),
            new LogLine(3 * SECOND + 3, "shard 0: checkpoint 2 ends"),
            new LogLine(3 * SECOND + 4, "shard 1: compaction 1 ends")));

    @Test
    void windowsAreClassifiedByConcurrentMaintenance() {
        measurement.begin(0);
        answer(0, 10);
        answer(SECOND, 500);
        answer(2 * SECOND, 20);
        answer(3 * SECOND, 900);
        Map<String, WindowClasses.WindowClass> classes = WindowClasses.of(measurement, maintenance);
        assertThat(classes.keySet()).containsExactly("quiet", "both", "checkpoint");
        assertThat(classes.get("quiet").windows()).isEqualTo(2);
        assertThat(classes.get("quiet").latencies().getMaxValue()).isEqualTo(20);
        assertThat(classes.get("checkpoint").latencies().getTotalCount()).isEqualTo(1);
        assertThat(classes.get("both").latencies().getTotalCount()).isEqualTo(1);
    }

    @Test
    void responseCountsInTheWindowInWhichItWasDue() {
        measurement.begin(0);
        answer(SECOND / 2, 5 * SECOND);
        assertThat(measurement.windows()).hasSize(1);
        assertThat(measurement.windows().get(0).getTotalCount()).isEqualTo(1);
        assertThat(WindowClasses.name(measurement, maintenance, 0)).isEqualTo("quiet");
    }

    @Test
    void windowsWithoutResponsesAreLeftOut() {
        measurement.begin(0);
        answer(2 * SECOND, 20);
        assertThat(measurement.windows()).hasSize(3);
        assertThat(WindowClasses.of(measurement, maintenance).keySet()).containsExactly("quiet");
    }

    private void answer(long dueNanos, long latencyNanos) {
        measurement.answered(dueNanos, dueNanos + latencyNanos, 204);
    }
}
