package io.streamkeeper.server.limit;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The streams and bytes of one tenant, or of all. Each shard changes only its own places, so that shards do not contend;
 * a sum is exact as far as other shards have counted. Safe for use by any thread.
 */
final class TenantContent {
    private final AtomicLongArray streams;
    private final AtomicLongArray bytes;

    /** Shards that have streams of the tenant; changed by the table of tenants only. */
    private int users;

    TenantContent(int shards) {
        this.streams = new AtomicLongArray(shards);
        this.bytes = new AtomicLongArray(shards);
    }

    /** Counts a change of a shard; on the loop of the shard. */
    void add(int shard, int newStreams, long newBytes) {
        streams.setRelease(shard, streams.getPlain(shard) + newStreams);
        bytes.setRelease(shard, bytes.getPlain(shard) + newBytes);
    }

    boolean isUsedBy(int shard) {
        return streams.getPlain(shard) != 0 || bytes.getPlain(shard) != 0;
    }

    long streams() {
        return sum(streams);
    }

    long bytes() {
        return sum(bytes);
    }

    private static long sum(AtomicLongArray places) {
        long sum = 0;
        for (int i = 0; i < places.length(); i++) {
            sum += places.getAcquire(i);
        }
        return sum;
    }

    TenantContent retain() {
        users++;
        return this;
    }

    /** Returns whether no shard has streams of the tenant any more. */
    boolean release() {
        users--;
        return users == 0;
    }
}
