package io.streamkeeper.cluster;

import io.streamkeeper.storage.disk.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which leaders a member has known, and since when. Safe for use by any thread. */
final class LeaderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderWatch.class);

    /**
     * A leader.
     *
     * @param name its name
     * @param term the term in which it leads
     * @param since when this member has learned of it
     */
    record Seen(String name, long term, Instant since) {}

    private final ClusterConfig config;
    private final Clock clock;
    private volatile @Nullable Seen last;
    private volatile long changes;
    private volatile long heardNanos;

    LeaderWatch(ClusterConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        heard();
    }

    /** A leader has been elected, or has made itself known again. */
    synchronized void leads(String name, long term) {
        Seen before = last;
        if (before != null && before.name.equals(name) && before.term == term) {
            return;
        }
        last = new Seen(name, term, Instant.ofEpochMilli(clock.nowMillis()));
        changes++;
        if (!name.equals(config.self())) {
            LOG.info("member {} leads the cluster {} from term {} on", name, config.cluster(), term);
        }
    }

    /** A leader has sent something, or this member stops leading. */
    void heard() {
        heardNanos = clock.monotonicNanos();
    }

    /** Time since a leader has sent something, this member has stopped leading, or this member has started. */
    long silentMillis() {
        return TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - heardNanos);
    }

    /** The last leader; null if there was none since the start. */
    @Nullable
    Seen last() {
        return last;
    }

    /** How often another member, or the same in another term, has become the leader since the start. */
    long changes() {
        return changes;
    }
}
