package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.Progress;
import io.streamkeeper.bench.report.Figures;
import java.util.Locale;

/** One line on the error output that changes every second. */
final class ProgressLine implements Progress {
    private static final String RETURN = "\r";
    private static final String CLEAR = "\u001b[K";

    private long beforeCount;
    private int seconds;

    @Override
    public void tell(Measurement measurement, long nowNanos) {
        long count = measurement.count();
        seconds++;
        System.err.print(String.format(
                Locale.ROOT,
                "%s%3d s  %,d/s  p50 %s  p99 %s%s",
                RETURN,
                seconds,
                count - beforeCount,
                Figures.millis(measurement.latencies().getValueAtPercentile(50)),
                Figures.millis(measurement.latencies().getValueAtPercentile(99)),
                CLEAR));
        beforeCount = count;
    }
}
