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
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the metrics of a server and of its process in a text format of Prometheus. Safe for use by any thread; reads
 * files of the operating system, so no event loop may call it.
 */
public final class Exposition {
    /** A page of metrics, and its media type. */
    @SuppressWarnings("ArrayRecordComponent") // written once, and passed on to the only owner
    public record Page(String contentType, byte[] bytes) {}

    /** A metric with more series omits those that are zero. */
    private static final int SERIES_WITH_ZEROS_MAX = 16;

    private final ExpositionFormats formats = ExpositionFormats.init();
    private final PrometheusRegistry process = new PrometheusRegistry();
    private final Set<String> own =
            Arrays.stream(Metric.values()).map(Metric::metricName).collect(Collectors.toSet());

    /** Prepares the metrics of the process; those of threads are omitted, because to read them stops all threads. */
    public Exposition() {
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
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, all(snapshot));
        } catch (IOException e) {
            throw new IllegalStateException("an array in memory cannot be written", e);
        }
        return new Page(writer.getContentType(), out.toByteArray());
    }

    private MetricSnapshots all(MetricsSnapshot snapshot) {
        List<MetricSnapshot> all = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            List<MetricsSnapshot.Sample> samples = new ArrayList<>(snapshot.samples().stream()
                    .filter(sample -> sample.metric() == metric)
                    .toList());
            if (metric.type() != Metric.Type.HISTOGRAM && metric.series().size() <= SERIES_WITH_ZEROS_MAX) {
                samples.addAll(zeros(metric, samples));
            }
            all.add(ofMetric(metric, samples));
        }
        process.scrape(name -> !own.contains(name)).forEach(all::add);
        return new MetricSnapshots(all);
    }

    /** The series that have no sample, so that a monitoring system sees their first event as a change. */
    private static List<MetricsSnapshot.Sample> zeros(Metric metric, List<MetricsSnapshot.Sample> samples) {
        Set<List<String>> present =
                samples.stream().map(MetricsSnapshot.Sample::labelValues).collect(Collectors.toSet());
        List<MetricsSnapshot.Sample> zeros = new ArrayList<>();
        for (List<String> labelValues : metric.series()) {
            if (!present.contains(labelValues)) {
                zeros.add(new MetricsSnapshot.Value(metric, labelValues, 0));
            }
        }
        return zeros;
    }

    private static MetricSnapshot ofMetric(Metric metric, List<MetricsSnapshot.Sample> samples) {
        return switch (metric.type()) {
            case COUNTER -> {
                CounterSnapshot.Builder counter = CounterSnapshot.builder()
                        .name(metric.metricName()
                                .substring(0, metric.metricName().length() - "_total".length()))
                        .help(metric.help());
                samples.forEach(sample -> counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels(sample))
                        .value(value(sample))
                        .build()));
                yield counter.build();
            }
            case GAUGE -> {
                GaugeSnapshot.Builder gauge =
                        GaugeSnapshot.builder().name(metric.metricName()).help(metric.help());
                samples.forEach(sample -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(labels(sample))
                        .value(value(sample))
                        .build()));
                yield gauge.build();
            }
            case HISTOGRAM -> {
                HistogramSnapshot.Builder histogram =
                        HistogramSnapshot.builder().name(metric.metricName()).help(metric.help());
                samples.forEach(sample -> histogram.dataPoint(dataPoint((MetricsSnapshot.Histogram) sample)));
                yield histogram.build();
            }
        };
    }

    private static Labels labels(MetricsSnapshot.Sample sample) {
        return Labels.of(sample.metric().labels(), sample.labelValues());
    }

    private static double value(MetricsSnapshot.Sample sample) {
        return ((MetricsSnapshot.Value) sample).value();
    }

    private static HistogramDataPointSnapshot dataPoint(MetricsSnapshot.Histogram histogram) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long before = 0;
        for (MetricsSnapshot.Bucket bucket : histogram.buckets()) {
            buckets.bucket(bucket.bound(), bucket.count() - before);
            before = bucket.count();
        }
        return HistogramDataPointSnapshot.builder()
                .labels(labels(histogram))
                .classicHistogramBuckets(buckets.build())
                .sum(histogram.sum())
                .build();
    }
}
