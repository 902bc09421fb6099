package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus reads the metrics, and its alerts fire when something breaks. */
@Timeout(180)
class PrometheusIT {
    private static final Duration FIRES_MAX = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @BeforeAll
    static void requirePrometheus() {
        if (Prometheus.program("prometheus") == null || Prometheus.program("promtool") == null) {
            String message = "the tests with Prometheus have NOT been run: prometheus or promtool is not installed";
            System.err.println(message);
            abort(message);
        }
    }

    private String promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(String.valueOf(Prometheus.program("promtool"))));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("the status of promtool, which said %s", output)
                .isZero();
        return output;
    }

    @Test
    void eachAlertFiresAloneOnWhatItIsFor() throws Exception {
        Files.copy(Prometheus.FILES.resolve("alerts.yml"), folder.resolve("alerts.yml"));
        Files.copy(
                Path.of("src/test/resources/monitoring/alerts_test.yml").toAbsolutePath(),
                folder.resolve("alerts_test.yml"));
        String rules = Files.readString(folder.resolve("alerts.yml"));
        String tests = Files.readString(folder.resolve("alerts_test.yml"));
        for (String line :
                rules.lines().filter(line -> line.contains("- alert: ")).toList()) {
            assertThat(tests).contains("alertname=\"" + line.substring(line.indexOf(": ") + 2) + "\"");
        }

        promtool("check", "rules", "alerts.yml");
        assertThat(promtool("test", "rules", "alerts_test.yml")).contains("SUCCESS");
    }

    @Test
    void everyExpressionOfTheDashboardIsValid() throws Exception {
        JsonNode dashboard = new ObjectMapper()
                .readTree(Prometheus.FILES.resolve("dashboard.json").toFile());
        List<String> expressions = dashboard.path("panels").findValuesAsText("expr");
        assertThat(expressions).hasSizeGreaterThan(20);
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (int i = 0; i < expressions.size(); i++) {
            String expression = expressions.get(i).replace("$__rate_interval", "5m");
            rules.append("      - record: panel:" + i + "\n        expr: |\n          " + expression + "\n");
        }
        Files.writeString(folder.resolve("dashboard.yml"), rules);

        assertThat(promtool("check", "rules", "dashboard.yml"))
                .contains("SUCCESS: " + expressions.size() + " rules found");
    }

    @Test
    void aLostDataDirectoryIsAnAlertOnAServerThatPrometheusScrapes() throws Exception {
        Path data = folder.resolve("streams");
        try (PackagedServer server = PackagedServer.start(
                        PackagedServer.runningJava(), folder.resolve("log"), List.of("--data-dir=" + data));
                Prometheus prometheus = Prometheus.start(
                        folder.resolve("prometheus"), server.adminUri().getAuthority())) {
            create(server.uri().resolve("a"));
            await().atMost(FIRES_MAX)
                    .until(() -> prometheus.query("streamkeeper_streams").contains(",\"1\"]"));
            assertThat(prometheus.query("up")).contains("\"job\":\"streamkeeper\"", ",\"1\"]");
            assertThat(prometheus.query("streamkeeper_http_request_seconds_bucket{operation=\"create\"}"))
                    .contains("\"le\":\"+Inf\"");
            assertThat(prometheus.query("ALERTS")).contains("\"result\":[]");

            Files.move(data, folder.resolve("moved"));

            await().atMost(FIRES_MAX)
                    .until(() ->
                            prometheus.query("ALERTS{alertstate=\"firing\"}").contains("StreamkeeperShardFailed"));
        }
    }

    @Test
    void histogramsAreNativeWhereTheReaderAcceptsThem() throws Exception {
        try (PackagedServer server = PackagedServer.start(
                        PackagedServer.runningJava(),
                        folder.resolve("log"),
                        List.of("--data-dir=" + folder.resolve("streams")));
                Prometheus prometheus = Prometheus.start(
                        folder.resolve("prometheus"),
                        server.adminUri().getAuthority(),
                        "--enable-feature=native-histograms")) {
            create(server.uri().resolve("a"));
            create(server.uri().resolve("b"));

            await().atMost(FIRES_MAX)
                    .until(() ->
                            prometheus.value("histogram_count(streamkeeper_http_request_seconds{operation=\"create\"})")
                                    == 2);
            double longer =
                    prometheus.value("histogram_quantile(1, streamkeeper_http_request_seconds{operation=\"create\"})");
            double sum = prometheus.value("histogram_sum(streamkeeper_http_request_seconds{operation=\"create\"})");
            double width = Math.pow(2, 0.25);
            assertThat(longer).isBetween(sum / 2, sum * width);
            assertThat(prometheus.value("histogram_quantile(0.5, streamkeeper_journal_batch_records)"))
                    .isBetween(0.5, 2.0);
            assertThat(prometheus.value("histogram_fraction(0, 60, streamkeeper_journal_sync_seconds)"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aReceiverThatFailsIsAnAlertWithItsReason() throws Exception {
        try (PackagedServer server = PackagedServer.start(
                        PackagedServer.runningJava(),
                        folder.resolve("log"),
                        List.of("--data-dir=" + folder.resolve("streams"), "--allow-local-webhooks"));
                Prometheus prometheus = Prometheus.start(
                        folder.resolve("prometheus"), server.adminUri().getAuthority())) {
            // The administration listener has no such path, so it answers 404.
            String receiver = server.adminUri().resolve("/receiver").toString();
            put(
                    server.uri().resolve("__ds/subscriptions/s"),
                    "application/json",
                    "{\"type\":\"webhook\",\"pattern\":\"*\",\"webhook\":{\"url\":\"" + receiver + "\"}}");
            create(server.uri().resolve("a"));

            await().atMost(FIRES_MAX)
                    .until(() -> prometheus
                            .query("ALERTS{alertstate=\"pending\"}")
                            .contains("StreamkeeperSubscriptionsFail"));
            await().atMost(FIRES_MAX)
                    .until(() -> prometheus
                            .query("streamkeeper_subscription_retries_total{reason=\"webhook\"} > 1")
                            .contains("\"reason\":\"webhook\""));
            assertThat(prometheus.query("streamkeeper_subscription_pending_bytes"))
                    .contains(",\"5\"]");
        }
    }

    private static void create(URI stream) throws Exception {
        put(stream, "text/plain", "hello");
    }

    private static void put(URI stream, String contentType, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(stream)
                .header("Content-Type", contentType)
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(201);
    }
}
