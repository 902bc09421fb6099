package io.streamkeeper.storage.recovery;

import io.streamkeeper.storage.stream.ProducerLimits;

/**
 * How a shard keeps its streams in files.
 *
 * @param syncs whether a record is acknowledged when it is synced, or already when the kernel has it
 * @param checkpointBytes bytes of records after which a checkpoint is made
 * @param checkpointMillis how long a record waits for a checkpoint at most
 * @param segmentBytes the size of a journal segment
 * @param backlogBytesMax bytes of records that no checkpoint has written yet; more are refused for a while
 * @param producers how many producers of a stream are remembered
 * @param reserveBytes space of the file system that is reserved for when it is full, or 0 for none
 */
public record StorageConfig(
        boolean syncs,
        long checkpointBytes,
        long checkpointMillis,
        long segmentBytes,
        long backlogBytesMax,
        ProducerLimits producers,
        long reserveBytes) {
    private static final long RESERVE_BYTES_MAX = 4 << 20;
    private static final int RESERVE_PARTS = 4;

    /** The same without a reserve. */
    public StorageConfig(
            boolean syncs,
            long checkpointBytes,
            long checkpointMillis,
            long segmentBytes,
            long backlogBytesMax,
            ProducerLimits producers) {
        this(syncs, checkpointBytes, checkpointMillis, segmentBytes, backlogBytesMax, producers, 0);
    }

    /** The same with a reserve that is a part of a journal segment. */
    public StorageConfig withReserve() {
        return new StorageConfig(
                syncs,
                checkpointBytes,
                checkpointMillis,
                segmentBytes,
                backlogBytesMax,
                producers,
                Math.min(RESERVE_BYTES_MAX, segmentBytes / RESERVE_PARTS));
    }
}
