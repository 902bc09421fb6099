package io.streamkeeper.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** The charts of reports. Latencies are in nanoseconds; each window is one second. */
public final class Charts {
    private static final double MILLIS = 1e6;
    private static final double MIB = 1 << 20;
    private static final double[] PERCENTILES = {0, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99};

    private Charts() {}

    /** The latency at each percentile, on an axis where each further nine has the same width. */
    public static Chart latencies(String title, String name, Histogram latencies) {
        return latencies(title).add(latencyLine(name, latencies));
    }

    /** An empty chart for latency lines. */
    public static Chart latencies(String title) {
        return new Chart(
                title,
                nines -> String.format(Locale.ROOT, "%.6s %%", 100 * (1 - Math.pow(10, -nines))),
                millis -> String.format(Locale.ROOT, "%.2f ms", millis));
    }

    /** A line for a chart of latencies. */
    public static Chart.Line latencyLine(String name, Histogram latencies) {
        List<Chart.Point> points = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            double nines = -Math.log10(1 - percentile / 100);
            points.add(new Chart.Point(nines, latencies.getValueAtPercentile(percentile) / MILLIS));
        }
        return new Chart.Line(name, points);
    }

    /** The operations of each second. */
    public static Chart rates(String title, String name, List<Histogram> windows) {
        return new Chart(title, Charts::seconds, value -> String.format(Locale.ROOT, "%,.0f/s", value))
                .add(overTime(name, windows, Histogram::getTotalCount));
    }

    /** The p50 and p99 of each second. */
    public static Chart percentiles(String title, List<Histogram> windows) {
        Chart chart = millisOverTime(title);
        for (int percentile : new int[] {50, 99}) {
            chart.add(overTime("p" + percentile, windows, window -> window.getValueAtPercentile(percentile) / MILLIS));
        }
        return chart;
    }

    /** An empty chart of milliseconds over time. */
    public static Chart millisOverTime(String title) {
        return new Chart(title, Charts::seconds, value -> String.format(Locale.ROOT, "%.2f ms", value));
    }

    /** An empty chart of memory over time. */
    public static Chart memory(String title) {
        return new Chart(title, Charts::seconds, value -> String.format(Locale.ROOT, "%.0f MiB", value));
    }

    /** The resident memory at each second. */
    public static Chart.Line memoryLine(String name, List<Long> residentBytes) {
        return overTime(name, residentBytes, bytes -> bytes / MIB);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.1f s", value);
    }

    /** A line with a value for each second. */
    public static <T> Chart.Line overTime(String name, List<T> seconds, ToDoubleFunction<T> value) {
        List<Chart.Point> points = new ArrayList<>();
        for (int second = 0; second < seconds.size(); second++) {
            points.add(new Chart.Point(second, value.applyAsDouble(seconds.get(second))));
        }
        return new Chart.Line(name, points);
    }
}
