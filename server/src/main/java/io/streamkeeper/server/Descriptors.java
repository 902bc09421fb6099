package io.streamkeeper.server;

import io.streamkeeper.storage.disk.OpenFiles;

/**
 * The file descriptors of this process.
 *
 * @param max how many it may have; {@link Long#MAX_VALUE} where the system does not say
 * @param open how many it has
 */
record Descriptors(long max, long open) {
    /**
     * What a server needs beside its connections and what it has at the start: for new segments, extents, and its
     * tools.
     */
    private static final int RESERVE = 64;

    private static final int RESERVE_PER_SHARD = 64;

    static Descriptors ofProcess() {
        return new Descriptors(OpenFiles.max(), OpenFiles.count());
    }

    /**
     * How many connections may take one each: all but a reserve, which is half where there are few.
     *
     * @param kept descriptors that other connections have, beside the reserve
     */
    int connectionsMax(int shards, int kept) {
        long free = Math.max(2, max - open - kept);
        long reserve = Math.min(RESERVE + (long) RESERVE_PER_SHARD * shards, free / 2);
        return (int) Math.min(Integer.MAX_VALUE, free - reserve);
    }
}
