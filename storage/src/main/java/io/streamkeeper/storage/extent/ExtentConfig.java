package io.streamkeeper.storage.extent;

/**
 * How the extents of a shard are kept.
 *
 * @param checkpointBytes bytes of records after which a checkpoint is made
 * @param checkpointMillis how long a record waits at most for one, in milliseconds of the monotonic clock
 */
public record ExtentConfig(long checkpointBytes, long checkpointMillis) {}
