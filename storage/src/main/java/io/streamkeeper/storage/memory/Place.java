package io.streamkeeper.storage.memory;

/**
 * A place that contains runs of streams: a block of memory, or a file. It knows how many of its bytes streams still
 * use, but not which streams. Owned by the shard's loop.
 */
public abstract class Place {
    private long liveBytes;

    /** When the last append to any of the runs here was staged, by the wall clock; see {@link #newestMillis}. */
    private long newestMillis = Long.MIN_VALUE;

    /**
     * The time of the newest append of the runs here, or a later one: {@link Long#MAX_VALUE} if it is not known. It does
     * not decrease, whatever the clock does, so no append here is newer.
     */
    public final long newestMillis() {
        return newestMillis;
    }

    /** Notes that an append of this time is here. */
    public final void noteTime(long millis) {
        newestMillis = Math.max(newestMillis, millis);
    }

    /** Bytes of the runs here that streams still use. */
    public final long liveBytes() {
        return liveBytes;
    }

    /** Adds a new run to the count. */
    public void enter(int bytes) {
        liveBytes += bytes;
    }

    /** Adds the bytes by which a run has grown to the count. */
    public final void extend(int bytes) {
        liveBytes += bytes;
    }

    /** Removes the bytes that were cut off a run from the count. */
    public final void shrink(int bytes) {
        liveBytes -= bytes;
    }

    /** Removes a run from the count. */
    public void leave(int bytes) {
        liveBytes -= bytes;
    }
}
