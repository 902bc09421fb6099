package io.streamkeeper.bench.compare;

import java.nio.file.Path;

/**
 * How servers are compared.
 *
 * @param directory below which they have their data, on the disk that is to be measured
 * @param rounds of each row
 * @param seconds of each round
 * @param barrier whether syncs are counted
 */
record CompareConfig(Path directory, int rounds, int seconds, int warmUpSeconds, boolean barrier) {
    CompareConfig {
        if (rounds < 1 || seconds < 1 || warmUpSeconds < 1) {
            throw new IllegalArgumentException("rounds are " + rounds + ", seconds " + seconds + ", warm-up "
                    + warmUpSeconds + "; expected 1 or more of each");
        }
    }
}
