package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.load.Progress;
import io.streamkeeper.bench.report.Figures;
import java.util.Locale;

/** Shows the progress of a run in one line on the error output, which it updates every second. */
final class ProgressLine implements Progress {
    private static final String RETURN = "\r";
    private static final String CLEAR = "\u001b[K";

    private long lastCount;
    private int seconds;

    @Override
    public void report(Measurement measurement, long nowNanos) {
        long count = measurement.count();
        seconds++;
        System.err.print(String.format(
                Locale.ROOT,
                "%s%3d s  %,d/s  p50 %s  p99 %s%s",
                RETURN,
                seconds,
                count - lastCount,
                Figures.millis(measurement.latencies().getValueAtPercentile(50)),
                Figures.millis(measurement.latencies().getValueAtPercentile(99)),
                CLEAR));
        lastCount = count;
    }
}
