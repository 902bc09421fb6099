package io.streamkeeper.server.config;

import java.util.concurrent.TimeUnit;

/**
 * How many producers a stream remembers, so that what they repeat is taken once.
 *
 * @param producersMax producers of one stream; at the limit, the one unused for longest is forgotten for another
 * @param keptMillis how long a producer is remembered at least after its last append; where all of them are, another one is
 *     refused
 */
public record ProducerConfig(int producersMax, long keptMillis) {
    private static final int PRODUCERS_MAX = 1_000_000;
    private static final long KEPT_MILLIS_MAX = TimeUnit.DAYS.toMillis(3_650);

    /**
     * Checks the values.
     *
     * @param producersMax 1 … {@value #PRODUCERS_MAX}
     * @param keptMillis 0 … 3650 days
     * @throws IllegalArgumentException if one is not so
     */
    public ProducerConfig {
        Range.check("max-producers", producersMax, 1, PRODUCERS_MAX);
        Range.check("keep-producers in ms", keptMillis, 0, KEPT_MILLIS_MAX);
    }

    /** {@return 10,000 producers of a stream, each remembered for an hour at least} */
    public static ProducerConfig defaults() {
        return new ProducerConfig(10_000, TimeUnit.HOURS.toMillis(1));
    }
}
