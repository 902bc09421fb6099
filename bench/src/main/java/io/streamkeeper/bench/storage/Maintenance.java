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
 * When the server did which kind of work on its files beside serving, as its log tells: {@code shard 0: checkpoint 3
 * begins}, {@code shard 0: checkpoint 3 ends: …}.
 */
public final class Maintenance {
    /** A kind of work. */
    public enum Kind {
        CHECKPOINT,
        COMPACTION
    }

    private record Work(Kind kind, long beginNanos, long endNanos) {}

    private static final Pattern LINE = Pattern.compile("(shard \\d+: (checkpoint|compaction) \\d+) (begins|ends)\\b");

    private final List<Work> works = new ArrayList<>();

    private Maintenance() {}

    /** Reads it from the log; what began and did not end yet goes on for ever. */
    public static Maintenance of(List<LogLine> log) {
        Maintenance maintenance = new Maintenance();
        Map<String, Work> open = new HashMap<>();
        for (LogLine line : log) {
            Matcher matcher = LINE.matcher(line.text());
            if (matcher.find()) {
                Kind kind = matcher.group(2).equals("checkpoint") ? Kind.CHECKPOINT : Kind.COMPACTION;
                if (matcher.group(3).equals("begins")) {
                    open.put(matcher.group(1), new Work(kind, line.nanos(), Long.MAX_VALUE));
                } else {
                    Work begun = open.remove(matcher.group(1));
                    maintenance.works.add(
                            new Work(kind, begun == null ? line.nanos() : begun.beginNanos(), line.nanos()));
                }
            }
        }
        maintenance.works.addAll(open.values());
        return maintenance;
    }

    /** Which kinds were under way at any time between two. */
    public Set<Kind> between(long fromNanos, long toNanos) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (Work work : works) {
            if (work.beginNanos() < toNanos && work.endNanos() >= fromNanos) {
                kinds.add(work.kind());
            }
        }
        return kinds;
    }

    /** How many of a kind overlapped the time between two. */
    public long count(Kind kind, long fromNanos, long toNanos) {
        return works.stream()
                .filter(work -> work.kind() == kind && work.beginNanos() < toNanos && work.endNanos() >= fromNanos)
                .count();
    }
}
