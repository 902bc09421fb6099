package io.streamkeeper.bench.process;

/**
 * A line that the server logged.
 *
 * @param nanos when it arrived here, on the clock of {@link System#nanoTime}
 */
public record LogLine(long nanos, String text) {}
