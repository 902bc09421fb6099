package io.streamkeeper.storage.stream;

/**
 * Hands out the generations of one shard: numbers that no other stream of the server has, had or will have (I3). Owned
 * by the shard's loop.
 *
 * <p>A generation is at least the clock's milliseconds times {@value #PER_MILLI}, so that a server that lost its memory
 * does not repeat itself; it is greater than the last one, so that a clock that steps back does no harm; it is greater
 * than that of a fork's source, so that a fork's offsets sort; and its remainder by the number of shards is the shard's
 * index, so that two shards never meet. It has at most sixteen decimal digits, which is what an offset's text has room
 * for: a clock that is centuries ahead does not count.
 */
public final class Generations {
    private static final int PER_MILLI = 1_000;

    /** In the year 2255; there is room for as many generations again as were given until then. */
    private static final long CLOCK_MILLIS_MAX = 9_000_000_000_000L;

    private final int shard;
    private final int shards;
    private long last;

    public Generations(int shard, int shards) {
        this.shard = shard;
        this.shards = shards;
    }

    /** The next generation, greater than {@code floor}. */
    public long next(long nowMillis, long floor) {
        last = next(Math.max(last, floor), nowMillis, shard, shards);
        return last;
    }

    /** The least generation of a shard that is greater than {@code last} and not before the clock. */
    public static long next(long last, long nowMillis, int shard, int shards) {
        long least = Math.max(last + 1, Math.min(nowMillis, CLOCK_MILLIS_MAX) * PER_MILLI);
        return least + Math.floorMod(shard - least, (long) shards);
    }

    /** Takes note of a generation that the log holds. */
    public void seen(long generation) {
        last = Math.max(last, generation);
    }
}
