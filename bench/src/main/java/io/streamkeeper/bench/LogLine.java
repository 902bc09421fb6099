package io.streamkeeper.bench;

/**
 * A line that the server logged.
 *
 * @param nanos when it arrived here, on the clock of {@link System#nanoTime}
 */
record LogLine(long nanos, String text) {}
