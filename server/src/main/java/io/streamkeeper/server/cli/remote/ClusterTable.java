package io.streamkeeper.server.cli.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a member reports of its cluster, as text: some lines about the member, and one for each of all members. */
final class ClusterTable {
    private static final List<String> HEAD = List.of("MEMBER", "ADDRESS", "LEADS", "MATCH", "LAG", "CONTACT", "CLOCK");
    private static final String UNKNOWN = "-";

    private ClusterTable() {}

    static String of(Map<String, Object> status) {
        StringBuilder text = new StringBuilder();
        line(text, "cluster", status.get("cluster"));
        line(text, "member", status.get("member") + ", " + status.get("role"));
        line(text, "ready", Boolean.TRUE.equals(status.get("ready")) ? "yes" : "no: " + status.get("reason"));
        line(text, "term", status.get("term"));
        if (status.get("leader") instanceof Map<?, ?> leader) {
            Object url = leader.get("url");
            Object since = leader.get("since");
            line(
                    text,
                    "leader",
                    leader.get("name") + (url == null ? "" : " at " + url) + (since == null ? "" : " since " + since));
        } else {
            line(text, "leader", "none is known");
        }
        line(
                text,
                "log",
                "committed " + status.get("committedIndex") + ", delivered " + status.get("deliveredIndex") + ", "
                        + status.get("logBytes") + " bytes");
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        if (status.get("members") instanceof List<?> members) {
            members.forEach(member -> rows.add(row((Map<?, ?>) member)));
        }
        text.append('\n');
        append(text, rows);
        return text.toString();
    }

    private static List<String> row(Map<?, ?> member) {
        return List.of(
                cell(member.get("name"), ""),
                cell(member.get("address"), ""),
                Boolean.TRUE.equals(member.get("leads")) ? "yes" : "",
                cell(member.get("matchIndex"), ""),
                cell(member.get("lagEntries"), ""),
                cell(member.get("contactMillis"), " ms"),
                cell(member.get("clockSkewMillis"), " ms"));
    }

    private static String cell(@Nullable Object value, String unit) {
        return value == null ? UNKNOWN : value + unit;
    }

    /** Columns as wide as their longest cell. */
    private static void append(StringBuilder text, List<List<String>> rows) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(each -> each.get(at).length())
                        .max()
                        .orElse(0);
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(width - cell.length() + 2));
            }
            text.append(ControlCharacters.escaped(line.toString().stripTrailing()))
                    .append('\n');
        }
    }

    private static void line(StringBuilder text, String name, @Nullable Object value) {
        text.append(name)
                .append(": ")
                .append(ControlCharacters.escaped(String.valueOf(value)))
                .append('\n');
    }
}
