package io.streamkeeper.storage.simulation;

import io.streamkeeper.storage.ProducerLimits;
import io.streamkeeper.storage.StorageConfig;
import java.util.Random;

/**
 * Which features, faults and bounds one seed has: each is on or off by itself, so that each is also tried without the
 * others. They hold for all generations of a directory, as a server is restarted with the flags that it had.
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
        boolean reserves) {

    /**
     * The settings of a seed.
     *
     * @param salts decides about what shifts no other draw
     */
    static Settings of(Random random, long salts) {
        return new Settings(
                1 + random.nextInt(3),
                3 + random.nextInt(8),
                random.nextInt(4) > 0,
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
                random.nextBoolean() ? ProducerLimits.DEFAULT : new ProducerLimits(1 + random.nextInt(4), 2_000),
                (salts & 3) == 0);
    }

    StorageConfig config() {
        StorageConfig config =
                new StorageConfig(syncs, checkpointBytes, checkpointMillis, segmentBytes, backlogBytesMax, producers);
        return reserves ? config.withReserve() : config;
    }
}
