package io.streamkeeper.server.docs;

import io.streamkeeper.server.metrics.Metric;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table in {@code docs/metrics.md} is generated from the descriptions. With {@code -Dmetrics.write=true} the
 * document is rewritten.
 */
class MetricsPageTest {
    private static final GeneratedPart PART = new GeneratedPart(
            "docs/metrics.md",
            "<!-- metrics: made from their descriptions by MetricsPageTest -->\n",
            "<!-- end of metrics -->\n",
            "metrics.write");

    @Test
    void theTableIsThatOfTheDescriptions() throws IOException {
        PART.check(table());
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
