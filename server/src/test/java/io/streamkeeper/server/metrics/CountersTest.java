package io.streamkeeper.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.streamkeeper.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CountersTest {
    private final List<EventExecutor> loops = new ArrayList<>();
    private final Counters counters = new Counters();

    private EventExecutor loop() {
        EventExecutor loop = new DefaultEventExecutor();
        loops.add(loop);
        return loop;
    }

    @AfterEach
    void stop() {
        loops.forEach(CountersTest::end);
    }

    private static void end(EventExecutor loop) {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private MetricsSnapshot snapshot() throws Exception {
        return counters.snapshot().get(10, TimeUnit.SECONDS).build();
    }

    private void append(EventExecutor loop) throws Exception {
        LoopCounters ofLoop = counters.of(loop);
        loop.submit(() -> ofLoop.answered(Operation.APPEND, 204, null, 20_000)).get();
    }

    @Test
    void aSnapshotIsTheSumOfAllLoops() throws Exception {
        append(loop());
        append(loop());

        assertThat(snapshot().value(Metric.HTTP_REQUESTS, "append", "204")).isEqualTo(2);
    }

    @Test
    void whatALoopHasCountedStaysWhenItEnds() throws Exception {
        EventExecutor ended = loop();
        append(ended);
        end(ended);
        append(loop());

        assertThat(snapshot().value(Metric.HTTP_REQUESTS)).isEqualTo(2);
        assertThat(snapshot().value(Metric.HTTP_REQUESTS)).isEqualTo(2);
    }

    @Test
    void nobodyButTheLoopCounts() {
        LoopCounters ofLoop = counters.of(loop());

        assertThatThrownBy(() -> ofLoop.sent(1)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> ofLoop.addTo(new long[Metric.arrayLength()])).isInstanceOf(AssertionError.class);
    }

    @Test
    void everyErrorCodeHasASeriesOfItsOwn() throws Exception {
        EventExecutor loop = loop();
        LoopCounters ofLoop = counters.of(loop);
        for (ErrorCode code : ErrorCode.values()) {
            loop.submit(() -> ofLoop.answered(Operation.READ, code.status(), code, 1))
                    .get();
        }

        MetricsSnapshot snapshot = snapshot();

        assertThat(ErrorCode.values())
                .allSatisfy(code -> assertThat(snapshot.value(
                                Metric.HTTP_REQUESTS, "read", Integer.toString(code.status()), code.code()))
                        .isEqualTo(1));
    }

    @Test
    void eachOperationHasAHistogramOfItsOwn() throws Exception {
        append(loop());

        MetricsSnapshot snapshot = snapshot();

        assertThat(snapshot.histogram(Metric.HTTP_REQUEST_SECONDS, "append").buckets())
                .contains(new MetricsSnapshot.Bucket(1e-5, 0), new MetricsSnapshot.Bucket(2e-5, 1));
        assertThat(snapshot.histogram(Metric.HTTP_REQUEST_SECONDS, "append").sum())
                .isCloseTo(2e-5, org.assertj.core.data.Offset.offset(1e-12));
        assertThatThrownBy(() -> snapshot.histogram(Metric.HTTP_REQUEST_SECONDS, "read"))
                .hasMessageContaining("[read]");
    }

    /** The numbers of values of the buckets that have some, by their upper bounds in hundredths. */
    private static Map<Long, Long> countsByBound(MetricsSnapshot.Exponential exponential) {
        double base = Math.pow(2, Math.pow(2, -exponential.schema()));
        Map<Long, Long> counts = new TreeMap<>();
        for (int i = 0; i < exponential.counts().size(); i++) {
            if (exponential.counts().get(i) != 0) {
                counts.put(
                        Math.round(100 * Math.pow(base, exponential.firstIndex() + i)),
                        exponential.counts().get(i));
            }
        }
        return counts;
    }

    @Test
    void aHistogramCountsValuesUpToEachBound() throws Exception {
        EventExecutor loop = loop();
        LoopCounters ofLoop = counters.of(loop);
        loop.submit(() -> {
                    ofLoop.committed(1, 100, 20_000);
                    ofLoop.committed(3, 1_000, 1_000_000);
                    ofLoop.committed(20_000, 99_000_000, -1);
                })
                .get();

        MetricsSnapshot snapshot = snapshot();
        MetricsSnapshot.Histogram records = snapshot.histogram(Metric.BATCH_RECORDS);
        MetricsSnapshot.Histogram syncs = snapshot.histogram(Metric.SYNC_SECONDS);

        assertThat(records.count()).isEqualTo(3);
        assertThat(records.sum()).isEqualTo(20_004);
        assertThat(records.buckets())
                .contains(
                        new MetricsSnapshot.Bucket(1, 1),
                        new MetricsSnapshot.Bucket(2, 1),
                        new MetricsSnapshot.Bucket(5, 2),
                        new MetricsSnapshot.Bucket(10_000, 2),
                        new MetricsSnapshot.Bucket(Double.POSITIVE_INFINITY, 3));
        assertThat(countsByBound(records.exponential())).isEqualTo(Map.of(100L, 1L, 336L, 1L, 2_317_048L, 1L));
        assertThat(syncs.count()).isEqualTo(2);
        assertThat(syncs.exponential().zeroCount()).isZero();
        assertThat(syncs.exponential().counts().stream().mapToLong(Long::longValue))
                .filteredOn(count -> count != 0)
                .containsExactly(1L, 1L);
        assertThat(syncs.sum()).isCloseTo(0.00102, org.assertj.core.data.Offset.offset(1e-9));
    }
}
