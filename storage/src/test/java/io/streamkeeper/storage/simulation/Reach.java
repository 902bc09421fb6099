package io.streamkeeper.storage.simulation;

import java.util.Map;
import java.util.TreeMap;

/** What the simulation came by, counted over all seeds: a state that it never reaches is not tested. */
public final class Reach {
    private final Map<String, Long> counts = new TreeMap<>();

    public void hit(String state) {
        counts.merge(state, 1L, Long::sum);
    }

    public void add(Reach other) {
        other.counts.forEach((state, count) -> counts.merge(state, count, Long::sum));
    }

    public long of(String state) {
        return counts.getOrDefault(state, 0L);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
