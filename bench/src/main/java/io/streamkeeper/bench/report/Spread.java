package io.streamkeeper.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** The median and the range of values. */
public record Spread(double median, double min, double max) {

    /** The spread of at least one value. */
    public static Spread of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int count = sorted.size();
        if (count == 0) {
            throw new IllegalArgumentException("no values; expected at least one");
        }
        double median = (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(count - 1));
    }

    /** The median, and the range in parentheses. */
    public String text(DoubleFunction<String> format) {
        return format.apply(median) + " (" + format.apply(min) + "–" + format.apply(max) + ")";
    }

    /** The same, with a format such as {@code %.2f}. */
    public String text(String format) {
        return text(value -> String.format(Locale.ROOT, format, value));
    }
}
