package io.streamkeeper.server.metrics;

import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the metrics of a server and of its process in a format of Prometheus. Histograms are classic and native; only
 * the protobuf format contains the native ones, and its classes are loaded when a reader accepts it. Safe for use by any
 * thread; reads files of the operating system, so no event loop may call it.
 */
public final class Exposition {
    /** A page of metrics, and its media type. */
    @SuppressWarnings("ArrayRecordComponent") // written once, and passed on to the only owner
    public record Page(String contentType, byte[] bytes) {}

    /** A metric with more series omits those that are zero. */
    private static final int SERIES_WITH_ZEROS_MAX = 16;

    private static final int FIRST_LENGTH = 32 << 10;
    private static final int MORE_LENGTH = 1 << 10;

    private static final String COUNTER_SUFFIX = "_total";

    private final ExpositionFormats formats = ExpositionFormats.init();
    private final PrometheusRegistry process = new PrometheusRegistry();
    private final Set<String> own =
            Arrays.stream(Metric.values()).map(Metric::metricName).collect(Collectors.toSet());
    private final Map<Metric, MetricMetadata> descriptions = new EnumMap<>(Metric.class);

    /** The labels of each series that has been written. */
    private final Map<Metric, Map<List<String>, Labels>> labels = new ConcurrentHashMap<>();

    /** The length of the last page, which that of the next one exceeds at most a little. */
    private volatile int lastLength = FIRST_LENGTH;

    /** Prepares the metrics of the process; those of threads are omitted, because to read them stops all threads. */
    public Exposition() {
        for (Metric metric : Metric.values()) {
            String name = metric.metricName();
            descriptions.put(
                    metric,
                    new MetricMetadata(
                            metric.type() == Metric.Type.COUNTER
                                    ? name.substring(0, name.length() - COUNTER_SUFFIX.length())
                                    : name,
                            metric.help()));
        }
        JvmMemoryMetrics.builder().register(process);
        JvmGarbageCollectorMetrics.builder().register(process);
        ProcessMetrics.builder().register(process);
        Info.builder()
                .name("streamkeeper_build_info")
                .help("The version of the server and of the Java runtime.")
                .labelNames("version", "java")
                .register(process)
                .setLabelValues(Build.version(), Runtime.version().toString());
    }

    /**
     * {@return a page with all metrics}
     *
     * @param accept the formats that the reader accepts, as in the field {@code Accept}; null for the default format
     */
    public Page page(MetricsSnapshot snapshot, @Nullable String accept) {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream(lastLength + MORE_LENGTH);
        try {
            writer.write(out, all(snapshot));
        } catch (IOException e) {
            throw new IllegalStateException("an array in memory cannot be written", e);
        }
        lastLength = out.size();
        return new Page(writer.getContentType(), out.toByteArray());
    }

    private MetricSnapshots all(MetricsSnapshot snapshot) {
        List<MetricSnapshot> all = new ArrayList<>();
        List<MetricsSnapshot.Sample> samples = snapshot.samples();
        int end = 0;
        for (Metric metric : Metric.values()) {
            int begin = end;
            while (end < samples.size() && samples.get(end).metric() == metric) {
                end++;
            }
            all.add(ofMetric(metric, samples.subList(begin, end)));
        }
        process.scrape(name -> !own.contains(name)).forEach(all::add);
        return new MetricSnapshots(all);
    }

    private MetricSnapshot ofMetric(Metric metric, List<MetricsSnapshot.Sample> samples) {
        MetricMetadata metadata = descriptions.get(metric);
        return switch (metric.type()) {
            case COUNTER ->
                new CounterSnapshot(
                        metadata,
                        points(
                                metric,
                                samples,
                                (value, labels) -> new CounterDataPointSnapshot(value, labels, null, 0)));
            case GAUGE ->
                new GaugeSnapshot(
                        metadata,
                        points(metric, samples, (value, labels) -> new GaugeDataPointSnapshot(value, labels, null)));
            case HISTOGRAM ->
                new HistogramSnapshot(
                        metadata,
                        samples.stream()
                                .map(sample -> dataPoint((MetricsSnapshot.Histogram) sample))
                                .toList());
        };
    }

    /**
     * The samples of a counter or gauge, and zeros for the series that have none, so that a monitoring system sees their
     * first event as a change.
     */
    private <T> List<T> points(
            Metric metric, List<MetricsSnapshot.Sample> samples, BiFunction<Double, Labels, T> point) {
        List<T> points = new ArrayList<>();
        for (MetricsSnapshot.Sample sample : samples) {
            points.add(point.apply(((MetricsSnapshot.Value) sample).value(), labels(metric, sample.labelValues())));
        }
        if (metric.series().size() <= SERIES_WITH_ZEROS_MAX) {
            for (List<String> series : metric.series()) {
                if (samples.stream().noneMatch(sample -> sample.labelValues().equals(series))) {
                    points.add(point.apply(0.0, labels(metric, series)));
                }
            }
        }
        return points;
    }

    /** The labels of a series, which the library checks when they are created. */
    private Labels labels(Metric metric, List<String> values) {
        return labels.computeIfAbsent(metric, first -> new ConcurrentHashMap<>())
                .computeIfAbsent(values, first -> Labels.of(metric.labels(), first));
    }

    private HistogramDataPointSnapshot dataPoint(MetricsSnapshot.Histogram histogram) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long before = 0;
        for (MetricsSnapshot.Bucket bucket : histogram.buckets()) {
            buckets.bucket(bucket.bound(), bucket.count() - before);
            before = bucket.count();
        }
        return HistogramDataPointSnapshot.builder()
                .labels(labels(histogram.metric(), histogram.labelValues()))
                .classicHistogramBuckets(buckets.build())
                .nativeSchema(histogram.exponential().schema())
                .nativeZeroThreshold(histogram.exponential().zeroThreshold())
                .nativeZeroCount(histogram.exponential().zeroCount())
                .nativeBucketsForPositiveValues(nativeBuckets(histogram.exponential()))
                .sum(histogram.sum())
                .build();
    }

    /** The buckets that have counted a value. */
    private static NativeHistogramBuckets nativeBuckets(MetricsSnapshot.Exponential exponential) {
        NativeHistogramBuckets.Builder buckets = NativeHistogramBuckets.builder();
        for (int i = 0; i < exponential.counts().size(); i++) {
            long count = exponential.counts().get(i);
            if (count != 0) {
                buckets.bucket(exponential.firstIndex() + i, count);
            }
        }
        return buckets.build();
    }
}
