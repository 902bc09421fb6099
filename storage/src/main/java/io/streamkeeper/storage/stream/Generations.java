package io.streamkeeper.storage.stream;

/**
 * Assigns the generations of one shard: numbers that no other stream of the server has, had or will have (I3). Owned by
 * the shard's loop.
 *
 * <p>A generation is at least the clock's milliseconds times {@value #PER_MILLI}, so that a server that has lost its
 * data does not repeat one; it is greater than the previous one, so that a clock that steps back does no harm; it is
 * greater than that of a fork's source, so that a fork's offsets sort; and its remainder by the number of shards is the
 * shard's index, so that two shards never assign the same one. It has at most sixteen decimal digits, because the text
 * of an offset has no room for more: a clock that is centuries ahead is not used.
 */
public final class Generations {
    private static final int PER_MILLI = 1_000;

    /** In the year 2255; as many generations as were assigned until then still fit after it. */
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

    /** Notes a generation that the log contains, so that later ones are greater. */
    public void seen(long generation) {
        last = Math.max(last, generation);
    }
}
