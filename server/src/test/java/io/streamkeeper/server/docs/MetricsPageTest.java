package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table in {@code docs/metrics.md} is generated from the descriptions. With {@code -Dmetrics.write=true} the
 * document is rewritten.
 */
class MetricsPageTest {
    private static final String BEGIN = "<!-- metrics: made from their descriptions by MetricsPageTest -->\n";
    private static final String END = "<!-- end of metrics -->\n";

    @Test
    void theTableIsThatOfTheDescriptions() throws IOException {
        Path file = Documents.REPOSITORY.resolve("docs/metrics.md");
        String page = Files.readString(file);
        assertThat(page).contains(BEGIN, END);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("metrics.write")) {
            Files.writeString(file, page.substring(0, begin) + table() + page.substring(end));
        } else {
            assertThat(page.substring(begin, end))
                    .as("the metrics in docs/metrics.md; run this test with -Dmetrics.write=true")
                    .isEqualTo(table());
        }
    }

    private static String table() {
        StringBuilder table = new StringBuilder("\n| metric | type | labels | |\n| --- | --- | --- | --- |\n");
        for (Metric metric : Metric.values()) {
            String labels =
                    metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
            table.append("| `" + metric.metricName() + "` | "
                    + metric.type().name().toLowerCase(Locale.ROOT) + " | " + labels + " | " + metric.help() + " |\n");
        }
        return table.append('\n').toString();
    }
}
