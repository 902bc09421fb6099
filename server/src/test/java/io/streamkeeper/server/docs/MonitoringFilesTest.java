package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamkeeper.server.metrics.Counters;
import io.streamkeeper.server.metrics.Exposition;
import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The alerts and the dashboard use metrics that exist. */
class MonitoringFilesTest {
    private static final Path FILES = Documents.REPOSITORY.resolve("docker/monitoring");
    /** Columns of a dashboard. */
    private static final int GRID_WIDTH = 24;

    private static final Pattern NAME = Pattern.compile("\\b(?:streamkeeper|process|jvm)_[a-z_]+");
    private static final Pattern TYPE = Pattern.compile("^# TYPE (\\S+) (\\S+)$", Pattern.MULTILINE);
    private static final Pattern MOUNTED = Pattern.compile("^ +- (\\./[^:]+):", Pattern.MULTILINE);
    private static final Pattern PART = Pattern.compile("_(bucket|sum|count)$");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\S+)\\n((?: {8}.*\\n)+)");

    /** The type of each metric of a page. */
    private static Map<String, String> types() {
        byte[] page = new Exposition()
                .page(new Counters().snapshot().join().build(), null)
                .bytes();
        Map<String, String> types = new HashMap<>();
        TYPE.matcher(new String(page, StandardCharsets.UTF_8))
                .results()
                .forEach(line -> types.put(line.group(1), line.group(2)));
        // A metric without a value may have no line.
        Arrays.stream(Metric.values())
                .forEach(metric ->
                        types.put(metric.metricName(), metric.type().name().toLowerCase(Locale.ROOT)));
        return types;
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isKnown(String name, Map<String, String> types) {
        return types.containsKey(name)
                || Set.of("histogram", "summary")
                        .contains(types.getOrDefault(PART.matcher(name).replaceFirst(""), ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alerts.yml", "dashboard.json"})
    void everyMetricExists(String file) throws IOException {
        Map<String, String> types = types();
        Set<String> names = names(Files.readString(FILES.resolve(file)));

        assertThat(names).hasSizeGreaterThan(10);
        assertThat(names).as("metrics of %s", file).allMatch(name -> isKnown(name, types));
    }

    /** What Grafana needs to show a panel; it ignores other mistakes. */
    @Test
    void theDashboardIsOneOfGrafana() throws IOException {
        JsonNode dashboard =
                new ObjectMapper().readTree(FILES.resolve("dashboard.json").toFile());
        assertThat(dashboard.path("uid").asText()).isNotEmpty();
        assertThat(dashboard.path("title").asText()).isNotEmpty();
        assertThat(dashboard.path("schemaVersion").asInt()).isPositive();
        List<String> variables = dashboard.path("templating").path("list").findValuesAsText("name");
        List<JsonNode> panels = StreamSupport.stream(dashboard.path("panels").spliterator(), false)
                .toList();
        assertThat(panels).hasSizeGreaterThan(20);
        assertThat(panels.stream().map(panel -> panel.path("id").asInt())).doesNotHaveDuplicates();
        assertThat(panels.stream().map(panel -> panel.path("title").asText())).doesNotHaveDuplicates();
        assertThat(panels).allSatisfy(panel -> {
            JsonNode place = panel.path("gridPos");
            assertThat(panel.path("type").asText()).isIn("stat", "timeseries");
            assertThat(place.path("x").asInt(-1)).isNotNegative();
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(GRID_WIDTH);
            assertThat(place.path("h").asInt()).isPositive();
            assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
            assertThat(panel.path("targets").findValuesAsText("expr")).isNotEmpty();
            assertThat(panel.path("targets").findValuesAsText("refId")).doesNotHaveDuplicates();
        });
        assertThat(variables).containsExactlyInAnyOrder("datasource", "instance");
        assertThat(overlapping(panels)).as("panels that cover others").isEmpty();
    }

    private static List<String> overlapping(List<JsonNode> panels) {
        Map<String, String> cells = new HashMap<>();
        List<String> found = new ArrayList<>();
        for (JsonNode panel : panels) {
            JsonNode place = panel.path("gridPos");
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    String cell = (place.path("x").asInt() + x) + ","
                            + (place.path("y").asInt() + y);
                    String other = cells.put(cell, panel.path("title").asText());
                    if (other != null) {
                        found.add(panel.path("title").asText() + " covers " + other);
                    }
                }
            }
        }
        return found;
    }

    @Test
    void everyExpressionOfThePageOfMetricsExists() throws IOException {
        Map<String, String> types = types();
        String page = Documents.page("metrics.md");

        assertThat(names(page.substring(page.indexOf("## What to watch")))).allMatch(name -> isKnown(name, types));
    }

    @Test
    void everyAlertSaysWhatToDo() throws IOException {
        String alerts = Files.readString(FILES.resolve("alerts.yml"));
        String page = Documents.page("metrics.md");
        List<MatchResult> all = ALERT.matcher(alerts).results().toList();

        assertThat(all)
                .hasSameSizeAs(
                        Pattern.compile("- alert:").matcher(alerts).results().toList());
        assertThat(all)
                .allSatisfy(
                        alert -> assertThat(alert.group(2)).contains("expr: ", "severity: ", "summary: ", "action: "))
                .allSatisfy(alert -> assertThat(page).contains("`" + alert.group(1) + "`"));
    }

    /** An engine mounts an empty directory in place of a file that does not exist. */
    @Test
    void theFilesThatTheCompositionMountsExist() throws IOException {
        Path composition = Documents.REPOSITORY.resolve("docker/compose.yaml");
        List<String> mounted = MOUNTED.matcher(Files.readString(composition))
                .results()
                .map(mount -> mount.group(1))
                .toList();
        assertThat(mounted)
                .hasSizeGreaterThan(3)
                .allSatisfy(file -> assertThat(composition.resolveSibling(file)).exists());
    }
}
