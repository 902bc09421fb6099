package io.streamkeeper.storage.stream;

/**
 * Limits on the producers that a stream remembers: their number, and the least time for which each is remembered
 * (section 5.2.1).
 *
 * @param producersMax how many producers of one stream are remembered; beyond that, those unused for longest are
 *     evicted. Each takes about 150 bytes of memory in addition to its id
 * @param keptMillis the least time for which a producer is remembered after its last append, whatever other producers
 *     do
 */
public record ProducerLimits(int producersMax, long keptMillis) {
    /** 10,000 producers, an hour each. */
    public static final ProducerLimits DEFAULT = new ProducerLimits(10_000, 3_600_000);
}
