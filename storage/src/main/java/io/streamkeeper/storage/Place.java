package io.streamkeeper.storage;

/**
 * What runs of streams lie in: a block of memory, or a file. It knows how many of its bytes streams still have, and not
 * which streams. Owned by the shard's loop.
 */
abstract class Place {
    private long liveBytes;

    /** Bytes of the runs that streams still have here. */
    final long liveBytes() {
        return liveBytes;
    }

    /** Counts in a new run. */
    void enter(int bytes) {
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

    /** Counts out a run. */
    void leave(int bytes) {
        liveBytes -= bytes;
    }
}
