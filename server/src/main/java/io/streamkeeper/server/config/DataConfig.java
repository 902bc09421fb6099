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
 * @param producers how many producers of a stream are remembered
 */
public record DataConfig(
        Durability durability,
        Path directory,
        boolean mustExist,
        long checkpointBytes,
        long checkpointMillis,
        long segmentBytes,
        ProducerConfig producers) {
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

    /**
     * Checks the values.
     *
     * @param durability any
     * @param directory any; it is made when the server starts, if it is not there
     * @param mustExist either
     * @param checkpointBytes {@value #CHECKPOINT_BYTES_MIN} … {@value #CHECKPOINT_BYTES_MAX}
     * @param checkpointMillis at least 1, at most a day
     * @param segmentBytes {@value #SEGMENT_BYTES_MIN} … {@value #SEGMENT_BYTES_MAX}
     * @param producers any
     * @throws IllegalArgumentException if one is not so
     */
    public DataConfig {
        Range.check("checkpoint-bytes", checkpointBytes, CHECKPOINT_BYTES_MIN, CHECKPOINT_BYTES_MAX);
        Range.check("checkpoint-interval in ms", checkpointMillis, 1, CHECKPOINT_MILLIS_MAX);
        Range.check("segment-bytes", segmentBytes, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX);
    }

    /** {@return streams in {@code ./data}, synced before a write is acknowledged} */
    public static DataConfig defaults() {
        return new DataConfig(
                Durability.FSYNC,
                Path.of("./data"),
                false,
                64L << 20,
                TimeUnit.MINUTES.toMillis(5),
                16L << 20,
                ProducerConfig.defaults());
    }

    /** {@return streams in memory, gone with the process} */
    public static DataConfig memory() {
        return defaults().withDurability(Durability.MEMORY);
    }

    /**
     * {@return the same with another durability}
     *
     * @param newDurability what an acknowledged byte survives
     */
    public DataConfig withDurability(Durability newDurability) {
        return new DataConfig(
                newDurability, directory, mustExist, checkpointBytes, checkpointMillis, segmentBytes, producers);
    }

    /**
     * {@return the same with another data directory}
     *
     * @param newDirectory made when the server starts, if it is not there
     */
    public DataConfig withDirectory(Path newDirectory) {
        return new DataConfig(
                durability, newDirectory, mustExist, checkpointBytes, checkpointMillis, segmentBytes, producers);
    }

    /**
     * {@return the same with checkpoints more or less often}
     *
     * @param newCheckpointBytes {@value #CHECKPOINT_BYTES_MIN} … {@value #CHECKPOINT_BYTES_MAX}
     * @throws IllegalArgumentException if it is not so
     */
    public DataConfig withCheckpointBytes(long newCheckpointBytes) {
        return new DataConfig(
                durability, directory, mustExist, newCheckpointBytes, checkpointMillis, segmentBytes, producers);
    }

    /**
     * {@return the same with journal segments of another size}
     *
     * @param newSegmentBytes {@value #SEGMENT_BYTES_MIN} … {@value #SEGMENT_BYTES_MAX}
     * @throws IllegalArgumentException if it is not so
     */
    public DataConfig withSegmentBytes(long newSegmentBytes) {
        return new DataConfig(
                durability, directory, mustExist, checkpointBytes, checkpointMillis, newSegmentBytes, producers);
    }

    /**
     * {@return the same with other limits of producers}
     *
     * @param newProducers how many producers of a stream are remembered
     */
    public DataConfig withProducers(ProducerConfig newProducers) {
        return new DataConfig(
                durability, directory, mustExist, checkpointBytes, checkpointMillis, segmentBytes, newProducers);
    }
}
