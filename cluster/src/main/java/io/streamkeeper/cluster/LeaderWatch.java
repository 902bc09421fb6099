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
    private final Runnable changed;
    private volatile @Nullable Seen last;
    private volatile long changes;

    /** The last term of which an entry is applied. */
    private volatile long servingTerm;

    private volatile long heardNanos;
    private long leaderlessNanos;
    private boolean isLeading;

    /** A watch that calls {@code changed} when another member leads, or the same in another term. */
    LeaderWatch(ClusterConfig config, Clock clock, Runnable changed) {
        this.config = config;
        this.clock = clock;
        this.changed = changed;
        this.heardNanos = clock.monotonicNanos();
    }

    /** A leader has been elected, or has made itself known again. */
    synchronized void leads(String name, long term) {
        Seen before = last;
        if (before != null && before.name.equals(name) && before.term == term) {
            return;
        }
        last = new Seen(name, term, Instant.ofEpochMilli(clock.nowMillis()));
        changes++;
        changed.run();
        if (!name.equals(config.self())) {
            LOG.info("member {} leads the cluster {} from term {} on", name, config.cluster(), term);
        }
    }

    /** An entry of a term is applied: the leader of that term takes requests. */
    synchronized void serves(long term) {
        if (term > servingTerm) {
            servingTerm = term;
            leaderlessNanos = clock.monotonicNanos() - heardNanos;
            heardNanos = clock.monotonicNanos();
        }
    }

    /** The leader of a term has sent something; that of one that does not take requests yet does not count. */
    void heard(long term) {
        if (term == servingTerm) {
            heardNanos = clock.monotonicNanos();
        }
    }

    /** This member takes requests as the leader; returns for how long it has known no leader that does. */
    synchronized long begins() {
        isLeading = true;
        return TimeUnit.NANOSECONDS.toMillis(leaderlessNanos);
    }

    /** This member does not lead, or not any more. */
    synchronized void ends() {
        if (isLeading) {
            isLeading = false;
            heardNanos = clock.monotonicNanos();
        }
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
