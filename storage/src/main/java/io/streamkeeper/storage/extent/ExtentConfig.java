package io.streamkeeper.storage.extent;

/**
 * How the extents of a shard are kept.
 *
 * @param checkpointBytes bytes of records after which a checkpoint is made
 * @param checkpointMillis how long a record waits at the most for one, in milliseconds of the monotonic clock
 * @param reserveBytes bytes of the file that is given up when a full disk leaves no room for a checkpoint
 */
public record ExtentConfig(long checkpointBytes, long checkpointMillis, long reserveBytes) {}
