package io.streamkeeper.storage.extent;

/**
 * The configuration of the extents of a shard.
 *
 * @param checkpointBytes bytes of records after which a checkpoint begins
 * @param checkpointMillis the longest time that a record waits for a checkpoint, in milliseconds of the monotonic clock
 * @param compactedBytesMax the most bytes that one compaction writes
 */
public record ExtentConfig(long checkpointBytes, long checkpointMillis, long compactedBytesMax) {}
