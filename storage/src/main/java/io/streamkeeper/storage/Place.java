package io.streamkeeper.storage;

/** What runs of streams lie in: a block of memory or an extent file. Owned by the shard's loop. */
abstract sealed class Place permits Block, Extent {
    private long liveBytes;

    /** Bytes of the runs that streams still have here. */
    final long liveBytes() {
        return liveBytes;
    }

    /** Counts a new run in. Runs of one stream that come one after the other count as one tenant. */
    void enter(StreamContent content, int bytes, boolean newTenant) {
        liveBytes += bytes;
    }

    /** Counts in what was added to a run. */
    final void extend(int bytes) {
        liveBytes += bytes;
    }

    /** Counts out what was cut off a run. */
    final void shrink(int bytes) {
        liveBytes -= bytes;
    }

    /** Counts a run out. */
    void leave(int bytes) {
        liveBytes -= bytes;
    }
}
