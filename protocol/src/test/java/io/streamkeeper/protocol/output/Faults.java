package io.streamkeeper.protocol.output;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What was logged or printed in this JVM since the last {@link #take}, by kind. Of each kind the first is kept and the
 * others are counted, so that a simulation with faults everywhere needs little memory. Safe for use by any thread.
 */
final class Faults {
    /** The kind of what is printed; nothing that is announced is part of it. */
    static final String PRINTED = "";

    private static final int KINDS_MAX = 1_000;
    private static final Map<String, Fault> FAULTS = new LinkedHashMap<>();

    private Faults() {}

    /** A kind is a message as it is written in the source, without the values. */
    record Fault(String kind, String first, int count) {
        boolean isAnnouncedBy(List<String> parts) {
            return parts.stream().anyMatch(part -> !part.isEmpty() && kind.contains(part));
        }

        @Override
        public String toString() {
            return count == 1 ? first : count + " times, the first: " + first;
        }
    }

    static synchronized void add(String kind, Supplier<String> text) {
        Fault before = FAULTS.get(kind);
        if (before != null) {
            FAULTS.put(kind, new Fault(kind, before.first(), before.count() + 1));
        } else if (FAULTS.size() < KINDS_MAX) {
            FAULTS.put(kind, new Fault(kind, text.get(), 1));
        }
    }

    /** Returns what was added since the last call. */
    static synchronized List<Fault> take() {
        List<Fault> taken = List.copyOf(FAULTS.values());
        FAULTS.clear();
        return taken;
    }
}
