package io.streamkeeper.bench.report;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The result of a command: lines of text, which it prints at once, and a tree of the same figures for {@code --json}.
 * Used by the command's thread only.
 */
public final class Report {
    private final PrintWriter out;
    private final Section root = new Section();

    public Report(PrintWriter out) {
        this.out = out;
    }

    /** Named figures, and named lists of sections. */
    public static final class Section {
        private final Map<String, Object> values = new LinkedHashMap<>();
        private final Map<String, List<Section>> lists = new LinkedHashMap<>();

        public Section put(String name, Object value) {
            values.put(name, value);
            return this;
        }

        /** Puts the count, percentiles and maximum of latencies in nanoseconds. */
        public Section put(Histogram latencies) {
            return put("count", latencies.getTotalCount())
                    .put("p50Nanos", latencies.getValueAtPercentile(50))
                    .put("p99Nanos", latencies.getValueAtPercentile(99))
                    .put("p999Nanos", latencies.getValueAtPercentile(99.9))
                    .put("maxNanos", latencies.getMaxValue());
        }

        public Section put(String name, Spread spread) {
            return put(name, spread.median()).put(name + "Min", spread.min()).put(name + "Max", spread.max());
        }

        /** Adds a section to the list {@code name}. */
        public Section add(String name) {
            Section section = new Section();
            lists.computeIfAbsent(name, absent -> new ArrayList<>()).add(section);
            return section;
        }

        private void writeTo(JsonGenerator json) throws IOException {
            json.writeStartObject();
            for (Map.Entry<String, Object> value : values.entrySet()) {
                json.writeObjectField(value.getKey(), value.getValue());
            }
            for (Map.Entry<String, List<Section>> list : lists.entrySet()) {
                json.writeArrayFieldStart(list.getKey());
                for (Section section : list.getValue()) {
                    section.writeTo(json);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
    }

    public Section root() {
        return root;
    }

    public void print(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }

    /** Prints a table in Markdown. */
    public void table(List<String> columns, List<List<String>> rows) {
        print("| %s |", String.join(" | ", columns));
        print("|%s", " --- |".repeat(columns.size()));
        rows.forEach(cells -> print("| %s |", String.join(" | ", cells)));
    }

    /** Writes the tree to a file, or nowhere if it is null. */
    public void writeTo(@Nullable Path file) throws IOException {
        if (file != null) {
            try (JsonGenerator json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
                json.useDefaultPrettyPrinter();
                root.writeTo(json);
            }
        }
    }
}
