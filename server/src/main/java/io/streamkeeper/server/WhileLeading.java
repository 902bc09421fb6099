package io.streamkeeper.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.streamkeeper.cluster.ClusterMember;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins something each time this member begins to lead its cluster, and ends it when the member does not lead any more:
 * what only one process may do. On a thread of its own, which may block. Only a member of a cluster loads it.
 */
final class WhileLeading implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WhileLeading.class);
    private static final long RETRY_MILLIS = 1_000;
    private static final long END_SECONDS_MAX = 10;

    /** Begins what the leader does. */
    interface Begin {
        /** Throws an {@link IOException} if that is not possible now; it is repeated then. */
        void run() throws IOException;
    }

    private final ClusterMember member;
    private final Begin begin;
    private final Runnable end;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("streamkeeper-leading", true));

    /** The epoch for which it has begun; 0 for none. */
    private long begun;

    private WhileLeading(ClusterMember member, Begin begin, Runnable end) {
        this.member = member;
        this.begin = begin;
        this.end = end;
    }

    /** Follows whether {@code member} leads, from now on. */
    static WhileLeading start(ClusterMember member, Begin begin, Runnable end) {
        WhileLeading started = new WhileLeading(member, begin, end);
        member.onLeadChange(started::changed);
        started.changed();
        return started;
    }

    private void changed() {
        try {
            thread.execute(this::follow);
        } catch (RejectedExecutionException e) {
            LOG.debug("the server has ended already", e);
        }
    }

    /** A member that has lost the lead and leads again has missed what the other leader has done, and begins again. */
    private void follow() {
        long epoch = member.leadingEpoch();
        if (epoch == begun) {
            return;
        }
        try {
            if (begun != 0) {
                begun = 0;
                end.run();
            }
            if (epoch != 0) {
                begin.run();
                begun = epoch;
            }
        } catch (IOException | RuntimeException e) {
            if (member.leadingEpoch() == epoch) {
                LOG.warn(
                        "what only the leader does cannot begin in epoch {}; it is tried again: {}",
                        epoch,
                        e.toString());
            } else {
                LOG.debug("epoch {} has ended before what only the leader does began", epoch, e);
            }
            thread.schedule(this::follow, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Follows no longer; what has begun stays. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("what only the leader does has not ended after {} s", END_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
