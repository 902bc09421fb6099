package io.streamkeeper.bench.process;

/**
 * A line of the server's log.
 *
 * @param nanos when the bench read it, by {@link System#nanoTime}
 */
public record LogLine(long nanos, String text) {}
