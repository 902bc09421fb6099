package io.streamkeeper.server.shard;

import io.streamkeeper.server.shard.ShardStatus.State;
import io.streamkeeper.storage.shard.ShardStore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that a shard refuses writes, and that it stores them again; that it has failed is logged where it fails. A state
 * that changes often is logged at most once in ten seconds. Owned by the shard's loop.
 */
final class ShardStateReports {
    private static final Logger LOG = LoggerFactory.getLogger(ShardStateReports.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int shard;
    private final ShardStore store;
    private final LongSupplier nowNanos;
    private State reported = State.SERVING;
    private long reportedNanos;

    ShardStateReports(int shard, ShardStore store, LongSupplier nowNanos) {
        this.shard = shard;
        this.store = store;
        this.nowNanos = nowNanos;
        this.reportedNanos = nowNanos.getAsLong() - INTERVAL_NANOS;
    }

    /** Compares the state with the last report; to be called periodically. */
    void step() {
        State state = ShardStatus.state(store);
        if (state == reported || nowNanos.getAsLong() - reportedNanos < INTERVAL_NANOS) {
            return;
        }
        reported = state;
        reportedNanos = nowNanos.getAsLong();
        if (state == State.REFUSING) {
            LOG.warn("shard {} refuses writes for now: {}", shard, ShardStatus.reason(store));
        } else if (state == State.SERVING) {
            LOG.warn("shard {} stores writes again", shard);
        }
    }
}
