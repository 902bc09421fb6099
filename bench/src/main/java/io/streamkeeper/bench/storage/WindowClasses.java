package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.load.Measurement;
import io.streamkeeper.bench.report.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** The windows of a measurement, grouped by the concurrent maintenance of the server. */
public final class WindowClasses {
    /** The class without maintenance. */
    static final String QUIET = "quiet";

    private static final double P99 = 99;

    /** The windows of one class. */
    public static final class WindowClass {
        private final Histogram latencies = new Histogram(3);
        private final List<Double> p99s = new ArrayList<>();

        private void add(Histogram window) {
            latencies.add(window);
            p99s.add((double) window.getValueAtPercentile(P99));
        }

        int windows() {
            return p99s.size();
        }

        /** All latencies of the class, in nanoseconds. */
        Histogram latencies() {
            return latencies;
        }

        /** The p99 of each window, in nanoseconds. */
        Spread p99s() {
            return Spread.of(p99s);
        }
    }

    private WindowClasses() {}

    /** The classes that have windows, by name, with quiet first. */
    public static Map<String, WindowClass> of(Measurement measurement, Maintenance maintenance) {
        Map<String, WindowClass> classes = new TreeMap<>((left, right) -> {
            int byQuiet = Boolean.compare(right.equals(QUIET), left.equals(QUIET));
            return byQuiet != 0 ? byQuiet : left.compareTo(right);
        });
        for (int index = 0; index < measurement.windows().size(); index++) {
            Histogram window = measurement.windows().get(index);
            if (window.getTotalCount() > 0) {
                classes.computeIfAbsent(name(kinds(measurement, maintenance, index)), absent -> new WindowClass())
                        .add(window);
            }
        }
        return classes;
    }

    /** The class of one window. */
    public static String name(Measurement measurement, Maintenance maintenance, int index) {
        return name(kinds(measurement, maintenance, index));
    }

    private static Set<Maintenance.Kind> kinds(Measurement measurement, Maintenance maintenance, int index) {
        return maintenance.kindsBetween(measurement.windowStartNanos(index), measurement.windowStartNanos(index + 1));
    }

    private static String name(Set<Maintenance.Kind> kinds) {
        if (kinds.isEmpty()) {
            return QUIET;
        }
        if (kinds.size() > 1) {
            return "both";
        }
        return kinds.contains(Maintenance.Kind.CHECKPOINT) ? "checkpoint" : "compaction";
    }
}
