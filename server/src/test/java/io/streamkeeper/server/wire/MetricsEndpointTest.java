package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.metrics.Metric;
import io.streamkeeper.server.metrics.MetricsSnapshot;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page of metrics that a monitoring system reads. */
@Timeout(120)
class MetricsEndpointTest {
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.started(
                TestServer.config(config -> config.listen(listen -> listen.adminListen("127.0.0.1:0"))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Answer metrics(String... fields) throws IOException {
        try (TestConnection connection =
                new TestConnection(server.server().adminAddress().orElseThrow())) {
            return connection.exchange("GET", "/metrics", "", fields);
        }
    }

    private static double value(String page, String series) {
        return page.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line of " + series + " in\n" + page));
    }

    @Test
    void everyMetricHasItsTypeAndTheValueOfTheSnapshot() throws Exception {
        String path = server.create(TestServer.TEXT, "a");
        server.append(path, "b");
        server.put(TestServer.path(), "", TestServer.TEXT, "Stream-TTL: 1000").is(201);
        server.get(TestServer.path()).is(404);

        Answer answer = metrics().is(200);
        String page = answer.text();

        assertThat(answer.field("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.field("Cache-Control")).isEqualTo("no-store");
        for (Metric metric : Metric.values()) {
            if (metric.metricName().matches("streamkeeper_(tier|cluster)_.*")) {
                assertThat(page).as("a server without a tier and a cluster").doesNotContain(metric.metricName());
                continue;
            }
            assertThat(page)
                    .contains("# TYPE " + metric.metricName() + " "
                            + metric.type().name().toLowerCase(java.util.Locale.ROOT) + "\n");
        }
        assertThat(value(page, "streamkeeper_http_requests_total{code=\"\",operation=\"append\",status=\"204\"}"))
                .isEqualTo(1);
        assertThat(
                        value(
                                page,
                                "streamkeeper_http_requests_total{code=\"stream_not_found\",operation=\"read\",status=\"404\"}"))
                .isEqualTo(1);
        assertThat(value(page, "streamkeeper_http_request_seconds_count{operation=\"create\"}"))
                .isEqualTo(2);
        assertThat(value(page, "streamkeeper_http_request_seconds_bucket{operation=\"create\",le=\"+Inf\"}"))
                .isEqualTo(2);
        assertThat(value(page, "streamkeeper_streams")).isEqualTo(2);
        assertThat(value(page, "streamkeeper_streams_expiring")).isEqualTo(1);
        assertThat(value(page, "streamkeeper_disk_free_bytes")).isPositive();
        assertThat(value(page, "streamkeeper_recovery_seconds")).isPositive();
        assertThat(page).contains("streamkeeper_build_info{java=\"" + Runtime.version() + "\"");
        assertThat(page)
                .contains("jvm_gc_collection_seconds_count", "jvm_memory_used_bytes", "process_cpu_seconds_total");
    }

    @Test
    void eachBudgetHasItsLimit() throws Exception {
        String page = metrics().text();

        for (MetricsSnapshot.Sample sample : server.metrics().samples()) {
            if (sample instanceof MetricsSnapshot.Value limit && limit.metric() == Metric.BUDGET_LIMIT_BYTES) {
                String budget = limit.labelValues().get(0);
                assertThat(value(page, "streamkeeper_budget_limit_bytes{budget=\"" + budget + "\"}"))
                        .isEqualTo(limit.value());
            }
        }
    }

    @Test
    void aReaderMayAskForOpenMetrics() throws IOException {
        Answer answer = metrics("Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
                .is(200);

        assertThat(answer.field("Content-Type")).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(answer.text()).endsWith("# EOF\n").contains("# TYPE streamkeeper_http_sent_bytes counter\n");
    }

    @Test
    void aReaderMayAskForTheProtobufFormat() throws IOException {
        Answer answer = metrics("Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                        + "encoding=delimited,text/plain;version=0.0.4;q=0.3")
                .is(200);

        assertThat(answer.field("Content-Type"))
                .isEqualTo("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
                        + " encoding=delimited");
        assertThat(answer.text()).contains("streamkeeper_http_sent_bytes_total", "streamkeeper_loop_delay_seconds");
    }

    @Test
    void aSeriesOccursOnceAndHasAName() throws IOException {
        String page = metrics().text();

        assertThat(page.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.substring(0, line.lastIndexOf(' '))))
                .doesNotHaveDuplicates()
                .allMatch(Pattern.compile("[a-z_]+(\\{.*})?").asMatchPredicate());
        assertThat(Arrays.stream(Metric.values()).map(Metric::metricName)).doesNotHaveDuplicates();
    }

    @Test
    void thePublicListenerHasNoMetrics() {
        server.get("/metrics").isError(404, "not_found");
    }
}
