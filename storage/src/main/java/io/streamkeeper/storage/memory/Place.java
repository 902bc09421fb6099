package io.streamkeeper.storage.memory;

/**
 * What runs of streams lie in: a block of memory, or a file. It knows how many of its bytes streams still have, and not
 * which streams. Owned by the shard's loop.
 */
public abstract class Place {
    private long liveBytes;

    /** Bytes of the runs that streams still have here. */
    public final long liveBytes() {
        return liveBytes;
    }

    /** Counts in a new run. */
    public void enter(int bytes) {
        liveBytes += bytes;
    }

    /** Counts in what was added to a run. */
    public final void extend(int bytes) {
        liveBytes += bytes;
    }

    /** Counts out what was cut off a run. */
    public final void shrink(int bytes) {
        liveBytes -= bytes;
    }

    /** Counts out a run. */
    public void leave(int bytes) {
        liveBytes -= bytes;
    }
}
