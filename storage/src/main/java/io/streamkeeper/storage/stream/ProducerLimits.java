package io.streamkeeper.storage.stream;

/**
 * How many producers a stream remembers, and for how long at least (section 5.2.1).
 *
 * @param producersMax producers of one stream that are remembered; beyond it those unused for longest are evicted. Each
 *     costs about 200 bytes of memory beside its id
 * @param keptMillis how long a producer is remembered at least after its last append, whatever others do
 */
public record ProducerLimits(int producersMax, long keptMillis) {
    /** 10,000 producers, an hour each. */
    public static final ProducerLimits DEFAULT = new ProducerLimits(10_000, 3_600_000);
}
