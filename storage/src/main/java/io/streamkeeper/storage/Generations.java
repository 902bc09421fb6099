package io.streamkeeper.storage;

/**
 * Hands out the generations of one shard: numbers that no other stream of the server has, had or will have (I3). Owned
 * by the shard's loop.
 *
 * <p>A generation is at least the clock's milliseconds shifted by {@value #CLOCK_SHIFT} bits, so that a server that lost
 * its memory does not repeat itself; it is greater than the last one, so that a clock that steps back does no harm; it is
 * greater than that of a fork's source, so that a fork's offsets sort; and its remainder by the number of shards is the
 * shard's index, so that two shards never meet.
 */
final class Generations {
    private static final int CLOCK_SHIFT = 20;

    private final int shard;
    private final int shards;
    private long last;

    Generations(int shard, int shards) {
        this.shard = shard;
        this.shards = shards;
    }

    /** The next generation, greater than {@code floor}. */
    long next(long nowMillis, long floor) {
        long least = Math.max(Math.max(last, floor) + 1, nowMillis << CLOCK_SHIFT);
        last = least + Math.floorMod(shard - least, (long) shards);
        return last;
    }

    /** Takes note of a generation that the log holds. */
    void seen(long generation) {
        last = Math.max(last, generation);
    }
}
