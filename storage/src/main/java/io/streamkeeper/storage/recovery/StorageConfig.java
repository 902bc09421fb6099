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
    private static final int SEGMENTS_OF_FILE_SYSTEM = 32;
    private static final int CHECKPOINTS_OF_FILE_SYSTEM = 16;
    private static final long SEGMENT_BYTES_MIN = 256 << 10;

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

    /**
     * The same configuration with smaller segments and checkpoints if the file system is small. Otherwise a few
     * segments would fill it, and no checkpoint would have room for what is in them, so that even deletions would not
     * free any space.
     *
     * @param fileSystemBytes the size of the file system for one shard; 0 if it is not known
     */
    public StorageConfig fitting(long fileSystemBytes) {
        if (fileSystemBytes <= 0) {
            return this;
        }
        long segments = Math.max(SEGMENT_BYTES_MIN, fileSystemBytes / SEGMENTS_OF_FILE_SYSTEM);
        long checkpoints = Math.max(SEGMENT_BYTES_MIN, fileSystemBytes / CHECKPOINTS_OF_FILE_SYSTEM);
        return with(
                Math.min(checkpointBytes, checkpoints),
                Math.min(segmentBytes, segments),
                reserveBytes,
                compactedBytesMax);
    }

    private StorageConfig with(long newReserveBytes, long newCompactedBytesMax) {
        return with(checkpointBytes, segmentBytes, newReserveBytes, newCompactedBytesMax);
    }

    private StorageConfig with(
            long newCheckpointBytes, long newSegmentBytes, long newReserveBytes, long newCompactedBytesMax) {
        return new StorageConfig(
                syncs,
                newCheckpointBytes,
                checkpointMillis,
                newSegmentBytes,
                backlogBytesMax,
                producers,
                newReserveBytes,
                newCompactedBytesMax);
    }
}
