package io.streamkeeper.bench.footprint;

import io.streamkeeper.bench.report.Figures;
import io.streamkeeper.bench.report.Report;
import io.streamkeeper.bench.report.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;

/** The figures of one server, each measured several times. */
final class Samples {
    /** What is measured. */
    enum Figure {
        START("start ms", "startMillis"),
        IDLE("idle", "residentIdle"),
        APPEND("after append-1", "residentAfterAppend"),
        APPEND_PEAK("its peak", "residentAppendPeak"),
        APPEND_LATER("and idle again", "residentIdleAfterAppend"),
        MIXED("after mixed", "residentAfterMixed"),
        MIXED_PEAK("its peak", "residentMixedPeak"),
        MIXED_LATER("and idle again", "residentIdleAfterMixed"),
        STREAMS("with all streams", "residentWithStreams"),
        STREAM("a stream", "residentOfStream"),
        STREAM_LIVE("a stream, live heap", "liveHeapOfStream"),
        RESTART("restart ms", "restartMillis"),
        RESTARTED("restarted", "residentRestarted"),
        SUBSCRIBER("a subscriber", "residentOfSubscriber"),
        SUBSCRIBER_LIVE("a subscriber, live heap", "liveHeapOfSubscriber");

        private final String title;
        private final String key;

        Figure(String title, String key) {
            this.title = title;
            this.key = key;
        }

        String title() {
            return title;
        }

        private DoubleFunction<String> format() {
            return this == START || this == RESTART
                    ? value -> Figures.count(value)
                    : value -> Figures.bytes(Math.round(value));
        }
    }

    private final Map<Figure, List<Double>> values = new EnumMap<>(Figure.class);

    void add(Figure figure, double value) {
        values.computeIfAbsent(figure, absent -> new ArrayList<>()).add(value);
    }

    boolean has(Figure figure) {
        return values.containsKey(figure);
    }

    /** The median and the range of a figure; empty without one. */
    String text(Figure figure) {
        List<Double> found = values.get(figure);
        return found == null ? "" : Spread.of(found).text(figure.format());
    }

    void put(Report.Section section) {
        values.forEach((figure, found) -> section.put(figure.key, Spread.of(found)));
    }
}
