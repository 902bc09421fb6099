package io.streamkeeper.storage.simulation;

import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Which features, faults and bounds one seed has: each is on or off by itself, so that each is also tried without the
 * others. They hold for all generations of a directory, as a server is restarted with the flags that it had.
 *
 * @param crowds whether streams have producers by the thousand
 * @param waits whether readers wait at the tails of streams
 * @param converts the directory of format version 1 that the first life begins with, or null
 * @param reserves whether room is kept for when the disk is full
 * @param tiered whether extent files have copies in an object store, and leave the disk
 * @param objects whether extent files are objects of a store beside the disk
 * @param scripted whether the logs are scripted ones, which lose records and change epochs
 * @param compactsLittle whether compactions write so little that files of one size cannot be merged all at once
 * @param addsOffsets whether offsets are added to state messages
 * @param hasOwnStream whether the server itself keeps a stream with a reserved path
 */
record Settings(
        int shards,
        int paths,
        boolean syncs,
        boolean retains,
        boolean expires,
        boolean forks,
        boolean produces,
        boolean jumps,
        boolean fills,
        boolean faults,
        boolean holds,
        long checkpointBytes,
        long checkpointMillis,
        long segmentBytes,
        long backlogBytesMax,
        long readBytesMax,
        ProducerLimits producers,
        boolean crowds,
        boolean waits,
        @Nullable String converts,
        boolean reserves,
        boolean tiered,
        boolean objects,
        boolean scripted,
        boolean compactsLittle,
        boolean addsOffsets,
        boolean hasOwnStream) {
    /** Directories of format version 1, and how many shards each has. */
    private static final List<Map.Entry<String, Integer>> FIXTURES =
            List.of(Map.entry("normal", 2), Map.entry("gap", 1), Map.entry("digits", 2));

    /** What a compaction writes at most if it writes little: a few checkpoints. */
    private static final long LITTLE_BYTES = 8 << 10;

    /** How many producers of a stream are remembered where there is a crowd of them. */
    private static final int CROWD_MAX = 1_000;

    /** Whether all that is stored is in the directory, or in an object store that tools can read. */
    boolean isReadable() {
        return !objects && !scripted;
    }

    /** How many producers there are. */
    int producerCount() {
        return crowds ? CROWD_MAX + CROWD_MAX / 4 : 12;
    }

    /**
     * The settings of a seed.
     *
     * @param salts decides about what shifts no other draw
     */
    static Settings of(Random random, long salts) {
        Map.Entry<String, Integer> fixture = FIXTURES.get(random.nextInt(FIXTURES.size()));
        boolean converts = random.nextInt(12) == 0;
        boolean crowds = random.nextInt(12) == 0;
        int shards = 1 + random.nextInt(3);
        return new Settings(
                converts ? fixture.getValue() : shards,
                3 + random.nextInt(8),
                random.nextInt(3) > 0,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(3) > 0,
                random.nextInt(3) > 0,
                random.nextInt(4) == 0,
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                random.nextBoolean(),
                1L << (9 + random.nextInt(5)),
                random.nextBoolean() ? 1_000 : 60_000,
                1L << (11 + random.nextInt(5)),
                random.nextInt(4) == 0 ? 4L << 20 : 1L << 26,
                random.nextInt(4) == 0 ? 64 << 10 : 1L << 26,
                crowds ? new ProducerLimits(CROWD_MAX, 2_000) : anyLimits(random),
                crowds,
                random.nextBoolean(),
                converts ? fixture.getKey() : null,
                (salts & 3) == 0,
                !converts && ((salts & 0x1c) == 8 || (salts & 0x1c) == 0x18),
                !converts && (salts & 0x1c) == 4,
                !converts && (salts & 0x60) == 0x20,
                (salts & 0x180) == 0x80,
                (salts & 0x200) == 0,
                (salts & 0x400) == 0);
    }

    private static ProducerLimits anyLimits(Random random) {
        return random.nextBoolean() ? ProducerLimits.DEFAULT : new ProducerLimits(1 + random.nextInt(4), 2_000);
    }

    StorageConfig config() {
        StorageConfig config =
                new StorageConfig(syncs, checkpointBytes, checkpointMillis, segmentBytes, backlogBytesMax, producers);
        if (compactsLittle) {
            config = config.withCompactedBytesMax(LITTLE_BYTES);
        }
        return reserves ? config.withReserve() : config;
    }
}
