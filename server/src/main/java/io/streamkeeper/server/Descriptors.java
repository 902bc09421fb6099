package io.streamkeeper.server;

import io.streamkeeper.storage.disk.OpenFiles;

/**
 * The file descriptors of this process.
 *
 * @param max the limit of the process; {@link Long#MAX_VALUE} if the system does not report one
 * @param open the number of open ones
 */
record Descriptors(long max, long open) {
    /**
     * Descriptors that a server needs in addition to its connections and those open at the start: for new segments,
     * extents, and its tools.
     */
    private static final int RESERVE = 64;

    private static final int RESERVE_PER_SHARD = 64;

    static Descriptors ofProcess() {
        return new Descriptors(OpenFiles.max(), OpenFiles.count());
    }

    /** Returns how many connections to receivers of webhooks may be open: at most a quarter of the free descriptors. */
    int webhooksMax(int wanted) {
        return (int) Math.max(2, Math.min(wanted, (max - open) / 4));
    }

    /**
     * Returns how many connections may be open, with one descriptor each: all free descriptors except a reserve, which
     * is at most half of them.
     *
     * @param kept descriptors kept for other connections, in addition to the reserve
     */
    int connectionsMax(int shards, int kept) {
        long free = Math.max(2, max - open - kept);
        long reserve = Math.min(RESERVE + (long) RESERVE_PER_SHARD * shards, free / 2);
        return (int) Math.min(Integer.MAX_VALUE, free - reserve);
    }
}
