package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * One kind of operations of a run.
 *
 * @param name the plural of the name of an operation, such as {@code reads}
 * @param measured its latencies, in windows of one second
 */
public record Part(String name, Measurement measured) {
    private static final double MILLIS = 1e6;

    /** A percentile of all latencies, in milliseconds. */
    public double millis(double percentile) {
        return measured.latencies().getValueAtPercentile(percentile) / MILLIS;
    }

    /** The p99 of each second with an operation, in milliseconds. */
    public List<Double> p99Millis() {
        return measured.windows().stream()
                .filter(second -> second.getTotalCount() > 0)
                .map(second -> second.getValueAtPercentile(99) / MILLIS)
                .toList();
    }

    /** The median and the range of the p99 of each second, in milliseconds; zeros without an operation. */
    public Spread p99OfSeconds() {
        List<Double> values = p99Millis();
        return values.isEmpty() ? new Spread(0, 0, 0) : Spread.of(values);
    }

    /** Puts the rate, the latencies, and those of each second. */
    void put(Report.Section section) {
        section.put("perSecond", measured.perSecond())
                .put("receivedBytes", measured.receivedBytes())
                .put(measured.latencies())
                .put("p99MillisOfSeconds", p99OfSeconds());
        putSeconds(section, measured.windows());
    }

    /** Puts the count, p50 and p99 of each second. */
    public static void putSeconds(Report.Section section, List<Histogram> seconds) {
        for (Histogram second : seconds) {
            section.add("seconds")
                    .put("count", second.getTotalCount())
                    .put("p50Nanos", second.getValueAtPercentile(50))
                    .put("p99Nanos", second.getValueAtPercentile(99));
        }
    }
}
