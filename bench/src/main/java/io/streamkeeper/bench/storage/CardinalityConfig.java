package io.streamkeeper.bench.storage;

/** The parameters of {@link CardinalityRun}: its rounds alternate between {@code wide} and {@code narrow} streams. */
public record CardinalityConfig(
        int streams,
        int appendBytes,
        boolean createsWithBody,
        int rounds,
        int roundSeconds,
        int wide,
        int narrow,
        int phaseSecondsMax) {
    private static final int STREAMS_MAX = 9_999_999;

    public CardinalityConfig {
        if (streams < 1 || streams > STREAMS_MAX) {
            throw new IllegalArgumentException("--streams is " + streams + "; expected 1 to " + STREAMS_MAX);
        }
        if (appendBytes < 1 || rounds < 1 || roundSeconds < 1 || wide < 1 || narrow < 1 || phaseSecondsMax < 1) {
            throw new IllegalArgumentException("a count, size or time is less than 1; expected at least 1");
        }
    }
}
