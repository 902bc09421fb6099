package io.streamkeeper.bench.footprint;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * The parameters of a footprint.
 *
 * @param directory the parent of the data directories
 * @param starts number of starts of each server
 * @param rounds number of measurements of each other part
 * @param seconds length of the load of append-1 and mixed
 * @param streams number of idle streams
 * @param subscribers number of readers of server-sent events
 * @param parts what to measure
 */
public record FootprintConfig(
        Path directory, int starts, int rounds, int seconds, int streams, int subscribers, Set<Part> parts) {
    /** The default number of streams. */
    public static final int STREAMS = 200_000;

    /** The default number of subscribers. */
    public static final int SUBSCRIBERS = 4_000;

    /** A part of a footprint, which runs on servers of its own. */
    public enum Part {
        /** Starts, and the memory without load. */
        START,
        /** Memory after the workloads append-1 and mixed. */
        LOAD,
        /** Memory of idle streams, and a restart with them. */
        STREAMS,
        /** Memory of idle subscribers. */
        SUBSCRIBERS;

        /** All parts. */
        public static final Set<Part> ALL = Set.copyOf(EnumSet.allOf(Part.class));
    }

    /** Checks the ranges. */
    public FootprintConfig {
        if (starts < 1 || rounds < 1 || seconds < 1 || streams < 2 || subscribers < 2) {
            throw new IllegalArgumentException(
                    "--starts is " + starts + ", --rounds " + rounds + ", --seconds " + seconds
                            + ", --streams " + streams + ", --subscribers " + subscribers
                            + "; expected at least 1, and 2 for the last two");
        }
        parts = Set.copyOf(parts);
    }
}
