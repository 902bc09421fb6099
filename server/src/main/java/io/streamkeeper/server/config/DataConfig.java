package io.streamkeeper.server.config;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Where streams are kept, and when what was written to them is acknowledged.
 *
 * @param durability what an acknowledged byte survives
 * @param directory the data directory; of no interest to durability {@code memory}
 * @param mustExist whether the start is refused where the directory holds no streams yet
 * @param checkpointBytes bytes of a shard's records after which a checkpoint is made
 * @param checkpointMillis how long a record waits at the most for one
 * @param segmentBytes the size of a journal segment
 */
public record DataConfig(
        Durability durability,
        Path directory,
        boolean mustExist,
        long checkpointBytes,
        long checkpointMillis,
        long segmentBytes) {
    private static final long CHECKPOINT_BYTES_MIN = 64 << 10;
    private static final long CHECKPOINT_BYTES_MAX = 256L << 20;
    private static final long SEGMENT_BYTES_MIN = 256 << 10;
    private static final long SEGMENT_BYTES_MAX = 1L << 30;
    private static final long CHECKPOINT_MILLIS_MAX = TimeUnit.DAYS.toMillis(1);

    /** What an acknowledged byte survives. */
    public enum Durability {
        /** A power cut: it was synced. */
        FSYNC,
        /** The end of the process: the kernel has it. */
        OS,
        /** Nothing: streams are in memory. */
        MEMORY
    }

    public DataConfig {
        Range.check("checkpoint-bytes", checkpointBytes, CHECKPOINT_BYTES_MIN, CHECKPOINT_BYTES_MAX);
        Range.check("checkpoint-interval in ms", checkpointMillis, 1, CHECKPOINT_MILLIS_MAX);
        Range.check("segment-bytes", segmentBytes, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX);
    }

    public static DataConfig defaults() {
        return new DataConfig(
                Durability.FSYNC, Path.of("./data"), false, 64L << 20, TimeUnit.MINUTES.toMillis(5), 16L << 20);
    }

    /** Streams in memory, gone with the process. */
    public static DataConfig memory() {
        return defaults().withDurability(Durability.MEMORY);
    }

    public DataConfig withDurability(Durability newDurability) {
        return new DataConfig(newDurability, directory, mustExist, checkpointBytes, checkpointMillis, segmentBytes);
    }

    public DataConfig withDirectory(Path newDirectory) {
        return new DataConfig(durability, newDirectory, mustExist, checkpointBytes, checkpointMillis, segmentBytes);
    }

    public DataConfig withCheckpointBytes(long newCheckpointBytes) {
        return new DataConfig(durability, directory, mustExist, newCheckpointBytes, checkpointMillis, segmentBytes);
    }

    public DataConfig withSegmentBytes(long newSegmentBytes) {
        return new DataConfig(durability, directory, mustExist, checkpointBytes, checkpointMillis, newSegmentBytes);
    }
}
