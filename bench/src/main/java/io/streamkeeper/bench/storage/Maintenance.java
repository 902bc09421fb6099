package io.streamkeeper.bench.storage;

import io.streamkeeper.bench.process.LogLine;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The times of the server's maintenance of its files, from its log: {@code shard 0: checkpoint 3 begins},
 * {@code shard 0: checkpoint 3 ends: …}.
 */
public final class Maintenance {
    /** A kind of maintenance. */
    public enum Kind {
        CHECKPOINT,
        COMPACTION
    }

    private record Task(Kind kind, long beginNanos, long endNanos) {}

    private static final Pattern LINE = Pattern.compile("(shard \\d+: (checkpoint|compaction) \\d+) (begins|ends)\\b");

    private final List<Task> tasks = new ArrayList<>();

    private Maintenance() {}

    /** Parses the log; a task without an end lasts for ever. */
    public static Maintenance of(List<LogLine> log) {
        Maintenance maintenance = new Maintenance();
        Map<String, Task> open = new HashMap<>();
        for (LogLine line : log) {
            Matcher matcher = LINE.matcher(line.text());
            if (matcher.find()) {
                Kind kind = matcher.group(2).equals("checkpoint") ? Kind.CHECKPOINT : Kind.COMPACTION;
                if (matcher.group(3).equals("begins")) {
                    open.put(matcher.group(1), new Task(kind, line.nanos(), Long.MAX_VALUE));
                } else {
                    Task begun = open.remove(matcher.group(1));
                    maintenance.tasks.add(
                            new Task(kind, begun == null ? line.nanos() : begun.beginNanos(), line.nanos()));
                }
            }
        }
        maintenance.tasks.addAll(open.values());
        return maintenance;
    }

    /** The kinds of the tasks that overlap an interval. */
    public Set<Kind> kindsBetween(long fromNanos, long toNanos) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (Task task : tasks) {
            if (task.beginNanos() < toNanos && task.endNanos() >= fromNanos) {
                kinds.add(task.kind());
            }
        }
        return kinds;
    }

    /** The number of tasks of a kind that overlap an interval. */
    public long count(Kind kind, long fromNanos, long toNanos) {
        return tasks.stream()
                .filter(task -> task.kind() == kind && task.beginNanos() < toNanos && task.endNanos() >= fromNanos)
                .count();
    }
}
