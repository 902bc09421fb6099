package io.streamkeeper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Spread;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MeasurementTest {
    @Test
    void everyStatusOtherThan2xxIsAFailure() {
        Measurement measurement = Measurement.whole();
        measurement.begin(0);
        measurement.answered(0, 1_000_000_000, 204);
        measurement.answered(0, 1_500_000_000, 404);
        measurement.answered(0, 2_000_000_000, 201);
        assertThat(measurement.failures()).isEqualTo(1);
        assertThat(measurement.byStatus()).isEqualTo(Map.of(201, 1L, 204, 1L, 404, 1L));
        assertThat(measurement.perSecond()).isEqualTo(1.5);
    }

    @Test
    void requestsAreDueAtTheirRate() {
        Pacing pacing = new Pacing(2_000);
        assertThat(pacing.isClosedLoop()).isFalse();
        assertThat(pacing.dueNanos(1)).isEqualTo(500_000);
        assertThat(pacing.dueNanos(120_000)).isEqualTo(60_000_000_000L);
        assertThatThrownBy(() -> new Pacing(-1)).hasMessageContaining("rate is -1");
    }

    @Test
    void connectionsWithTheirOwnScheduleAreSpreadEvenlyOrInStep() {
        Pacing each = new Pacing(100, Pacing.Schedule.EACH);
        assertThat(each.dueNanos(0, 3, 4)).isEqualTo(30_000_000);
        assertThat(each.dueNanos(2, 3, 4)).isEqualTo(110_000_000);
        Pacing inStep = new Pacing(100, Pacing.Schedule.IN_STEP);
        assertThat(inStep.dueNanos(0, 3, 4)).isZero();
        assertThat(inStep.dueNanos(2, 3, 4)).isEqualTo(80_000_000);
    }

    @Test
    void spreadHasTheMedianOfOddAndEvenCounts() {
        assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3));
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0)).median()).isEqualTo(2.5, within(1e-9));
        assertThatThrownBy(() -> Spread.of(List.of())).hasMessageContaining("no values");
    }

    @Test
    void figuresHaveTheirUnits() {
        assertThat(Figures.bytes(1023)).isEqualTo("1023 B");
        assertThat(Figures.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Figures.bytes(3L << 40)).isEqualTo("3.0 TiB");
        assertThat(Figures.millis(1_234_567)).isEqualTo("1.23 ms");
        assertThat(Figures.seconds(1_500_000_000)).isEqualTo("1.50 s");
    }
}
