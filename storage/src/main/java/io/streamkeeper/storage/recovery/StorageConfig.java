package io.streamkeeper.storage.recovery;

import io.streamkeeper.storage.stream.ProducerLimits;

/**
 * The configuration of a shard that keeps its streams in files.
 *
 * @param syncs whether a record is acknowledged only after it is synced; if false, as soon as it is written to the
 *     kernel
 * @param checkpointBytes bytes of records after which a checkpoint begins
 * @param checkpointMillis the longest time for which a record waits for a checkpoint
 * @param segmentBytes the size of a journal segment
 * @param backlogBytesMax bytes of records that no checkpoint has written yet; beyond that, records are refused until a
 *     checkpoint has made room
 * @param producers how many producers of a stream are remembered
 * @param reserveBytes space in the file system that is reserved for a full disk, or 0 for none
 * @param compactedBytesMax the most bytes that one compaction writes
 */
public record StorageConfig(
        boolean syncs,
        long checkpointBytes,
        long checkpointMillis,
        long segmentBytes,
        long backlogBytesMax,
        ProducerLimits producers,
        long reserveBytes,
        long compactedBytesMax) {
    private static final long RESERVE_BYTES_MAX = 4 << 20;
    private static final int RESERVE_PARTS = 4;
    private static final long COMPACTED_BYTES_MAX = 1L << 30;

    /** A configuration without a reserve. */
    public StorageConfig(
            boolean syncs,
            long checkpointBytes,
            long checkpointMillis,
            long segmentBytes,
            long backlogBytesMax,
            ProducerLimits producers) {
        this(
                syncs,
                checkpointBytes,
                checkpointMillis,
                segmentBytes,
                backlogBytesMax,
                producers,
                0,
                COMPACTED_BYTES_MAX);
    }

    /** The same configuration with a reserve whose size is a part of a journal segment. */
    public StorageConfig withReserve() {
        return with(Math.min(RESERVE_BYTES_MAX, segmentBytes / RESERVE_PARTS), compactedBytesMax);
    }

    /** The same configuration whose compactions write at most {@code bytes} each. */
    public StorageConfig withCompactedBytesMax(long bytes) {
        return with(reserveBytes, bytes);
    }

    private StorageConfig with(long newReserveBytes, long newCompactedBytesMax) {
        return new StorageConfig(
                syncs,
                checkpointBytes,
                checkpointMillis,
                segmentBytes,
                backlogBytesMax,
                producers,
                newReserveBytes,
                newCompactedBytesMax);
    }
}
