package io.streamkeeper.server.shard;

/**
 * A stream that has more of something than others.
 *
 * @param path of the stream
 * @param bytes that it keeps
 * @param readers that wait at its tail
 * @param use of the stream in the last seconds
 * @param useNanos the time in which it was used so
 */
public record TopStream(String path, long bytes, int readers, StreamUse use, long useNanos) {}
