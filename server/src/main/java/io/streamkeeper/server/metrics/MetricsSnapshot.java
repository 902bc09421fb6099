package io.streamkeeper.server.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The counters and current values of a server at one moment, summed over all loops. Immutable.
 *
 * <p>Each loop contributes its values after the snapshot was requested, so a snapshot includes every response that a
 * client received before the request.
 *
 * @param samples in the order of {@link Metric}; of a metric with labels, the series that are not zero
 */
public record MetricsSnapshot(List<Sample> samples) {
    /** A number, or a histogram, of one series. */
    public sealed interface Sample {
        /** {@return the metric} */
        Metric metric();

        /** {@return the values of the metric's labels, in their order} */
        List<String> labelValues();
    }

    /**
     * The number of a counter or a gauge.
     *
     * @param metric the metric of the number
     * @param labelValues the values of the metric's labels, in their order
     * @param value in the metric's unit
     */
    public record Value(Metric metric, List<String> labelValues, double value) implements Sample {
        /** Copies the list. */
        public Value {
            labelValues = List.copyOf(labelValues);
        }
    }

    /**
     * The distribution of values.
     *
     * @param metric the metric of the values
     * @param labelValues the values of the metric's labels, in their order
     * @param buckets in the order of their bounds; the last has no bound, so it counts all values
     * @param sum the sum of all values, in the metric's unit
     * @param exponential the same values in narrower buckets
     */
    public record Histogram(
            Metric metric, List<String> labelValues, List<Bucket> buckets, double sum, Exponential exponential)
            implements Sample {
        /** Copies the lists. */
        public Histogram {
            labelValues = List.copyOf(labelValues);
            buckets = List.copyOf(buckets);
        }

        /** {@return how many values were recorded} */
        public long count() {
            return buckets.get(buckets.size() - 1).count();
        }
    }

    /**
     * A bucket of a histogram.
     *
     * @param bound in the metric's unit; infinite for the last
     * @param count the number of values up to the bound, including those of the previous buckets
     */
    public record Bucket(double bound, long count) {}

    /**
     * The distribution of values in buckets whose bounds are powers of a base, as in native histograms of Prometheus.
     *
     * @param schema the base is 2 to the power of 2 to the power of {@code -schema}
     * @param zeroThreshold the largest value that {@code zeroCount} counts, in the metric's unit
     * @param zeroCount the number of values up to the threshold
     * @param firstIndex the index of the first of {@code counts}; the upper bound of a bucket is the base to the power of
     *     its index, in the metric's unit
     * @param counts the number of values in each bucket, without those of others, from the first bucket that has one to
     *     the last; none if no value is above the threshold
     */
    public record Exponential(int schema, double zeroThreshold, long zeroCount, int firstIndex, List<Long> counts) {
        /** Copies the list. */
        public Exponential {
            counts = List.copyOf(counts);
        }
    }

    /** Copies the list. */
    public MetricsSnapshot {
        samples = List.copyOf(samples);
    }

    /**
     * {@return the sum of a counter or gauge over the series whose labels begin with the given values}
     *
     * @param metric a counter or a gauge
     * @param firstLabelValues the values of the first labels; none for all series
     */
    public long value(Metric metric, String... firstLabelValues) {
        List<String> first = Arrays.asList(firstLabelValues);
        double sum = 0;
        for (Sample sample : samples) {
            if (sample instanceof Value value
                    && value.metric() == metric
                    && value.labelValues().size() >= first.size()
                    && value.labelValues().subList(0, first.size()).equals(first)) {
                sum += value.value();
            }
        }
        return (long) sum;
    }

    /**
     * {@return a histogram}
     *
     * @param metric a histogram
     * @param labelValues the values of its labels, in their order
     * @throws IllegalArgumentException if it is not a histogram, or has recorded nothing with these labels
     */
    public Histogram histogram(Metric metric, String... labelValues) {
        List<String> wanted = Arrays.asList(labelValues);
        return samples.stream()
                .filter(sample ->
                        sample.metric() == metric && sample.labelValues().equals(wanted))
                .filter(Histogram.class::isInstance)
                .map(Histogram.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        metric + " with the labels " + wanted + " is no histogram, or has recorded nothing"));
    }

    /** Adds the gauges that no loop counts to the counters of the loops. Used by one thread. */
    public static final class Builder {
        private final List<Sample> samples = new ArrayList<>();

        /** Begins with the values of the array that {@link Metric} describes. */
        Builder(long[] values) {
            for (Metric metric : Metric.values()) {
                addAll(metric, values);
            }
        }

        private void addAll(Metric metric, long[] values) {
            int place = metric.place();
            for (List<String> labelValues : metric.series()) {
                if (metric.type() == Metric.Type.HISTOGRAM) {
                    if (labelValues.isEmpty() || hasRecorded(metric.buckets(), values, place)) {
                        samples.add(histogram(metric, labelValues, values, place));
                    }
                } else if (values[place] != 0 || labelValues.isEmpty()) {
                    samples.add(new Value(metric, labelValues, values[place]));
                }
                place += metric.width();
            }
        }

        private static boolean hasRecorded(Buckets buckets, long[] values, int place) {
            for (int i = 0; i < buckets.count(); i++) {
                if (values[place + i] != 0) {
                    return true;
                }
            }
            return false;
        }

        private static Histogram histogram(Metric metric, List<String> labelValues, long[] values, int place) {
            Buckets buckets = metric.buckets();
            List<Bucket> all = new ArrayList<>();
            long count = 0;
            for (int i = 0; i < buckets.count(); i++) {
                count += values[place + i];
                all.add(new Bucket(buckets.bound(i), count));
            }
            int sum = place + buckets.count();
            return new Histogram(
                    metric,
                    labelValues,
                    all,
                    buckets.shown(values[sum]),
                    exponential(buckets.exponential(), values, sum + 1));
        }

        private static Exponential exponential(ExponentialBuckets buckets, long[] values, int place) {
            int first = 1;
            int end = buckets.count();
            while (first < end && values[place + first] == 0) {
                first++;
            }
            while (first < end && values[place + end - 1] == 0) {
                end--;
            }
            return new Exponential(
                    ExponentialBuckets.SCHEMA,
                    buckets.zeroThreshold(),
                    values[place],
                    buckets.firstIndex() + first - 1,
                    Arrays.stream(values, place + first, place + end).boxed().toList());
        }

        /** Adds a gauge. */
        public Builder add(Metric metric, long value, String... labelValues) {
            samples.add(new Value(metric, Arrays.asList(labelValues), value));
            return this;
        }

        /** Adds a gauge in seconds. */
        public Builder addNanos(Metric metric, long nanos, String... labelValues) {
            samples.add(new Value(metric, Arrays.asList(labelValues), nanos * 1e-9));
            return this;
        }

        /** {@return the snapshot} */
        public MetricsSnapshot build() {
            samples.sort((one, other) -> one.metric().compareTo(other.metric()));
            return new MetricsSnapshot(samples);
        }
    }
}
