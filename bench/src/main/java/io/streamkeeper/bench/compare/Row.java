package io.streamkeeper.bench.compare;

import io.streamkeeper.bench.workload.Kind;
import io.streamkeeper.bench.workload.Spec;
import java.util.List;

/**
 * A row of the comparison: a workload and its size.
 *
 * @param isPaced whether it runs at a fixed rate, so that latencies are compared instead of throughput
 */
record Row(String name, Kind kind, Spec spec, boolean isPaced) {
    private static final int CONNECTIONS = 64;
    private static final int BODY_BYTES = 256;
    private static final int SUBSCRIBERS = 1_000;

    /** All rows. */
    static final List<Row> ALL = List.of(
            append("append-1", 1),
            append("append-100", 100),
            append("append-1k", 1_000),
            append("append-10k", 10_000),
            append("append-100k", 100_000),
            new Row("append-grouped", Kind.APPEND_GROUPED, Kind.APPEND_GROUPED.defaults(), false),
            new Row("create", Kind.CREATE, Kind.CREATE.defaults(), false),
            new Row("read-hot", Kind.READ_HOT, Kind.READ_HOT.defaults(), false),
            new Row("catch-up", Kind.CATCH_UP, Kind.CATCH_UP.defaults(), false),
            new Row("mixed", Kind.MIXED, Kind.MIXED.defaults(), true),
            new Row("mixed-in-step", Kind.MIXED, Kind.MIXED.defaults().with(new Spec.Readers(8, 64, true)), true),
            new Row("churn", Kind.CHURN, Kind.CHURN.defaults(), false),
            new Row("sse", Kind.SSE, Spec.of(1, SUBSCRIBERS, BODY_BYTES).at(50), true),
            new Row(
                    "sse-many",
                    Kind.SSE,
                    Spec.of(SUBSCRIBERS, SUBSCRIBERS, BODY_BYTES).at(SUBSCRIBERS),
                    true),
            new Row("long-poll", Kind.LONG_POLL, Kind.LONG_POLL.defaults(), true),
            new Row("webhooks", Kind.WEBHOOKS, Kind.WEBHOOKS.defaults(), true));

    private static Row append(String name, int streams) {
        return new Row(name, Kind.APPEND, Spec.of(streams, CONNECTIONS, BODY_BYTES), false);
    }

    /** Returns the row of this name. */
    static Row named(String name) {
        return ALL.stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown row '" + name + "'; expected one of "
                        + ALL.stream().map(Row::name).toList()));
    }
}
