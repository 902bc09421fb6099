package io.streamkeeper.bench.compare;

import java.nio.file.Path;

/**
 * The parameters of a comparison.
 *
 * @param directory the parent of the data directories, on the disk to measure
 * @param rounds rounds per row and server
 * @param seconds length of a round
 * @param warmUpSeconds load on each server before its first round
 * @param countsSyncs whether to count syncs
 */
record CompareConfig(Path directory, int rounds, int seconds, int warmUpSeconds, boolean countsSyncs) {
    CompareConfig {
        if (rounds < 1 || seconds < 1 || warmUpSeconds < 1) {
            throw new IllegalArgumentException("--rounds is " + rounds + ", --seconds " + seconds + ", --warm-up "
                    + warmUpSeconds + "; expected at least 1 for each");
        }
    }
}
