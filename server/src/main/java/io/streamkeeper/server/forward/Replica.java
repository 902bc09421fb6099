package io.streamkeeper.server.forward;

import io.streamkeeper.cluster.ChangeStatus;
import io.streamkeeper.cluster.ClusterStatus;
import io.streamkeeper.cluster.MemberChange;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the requests of a member of a cluster depend on. Safe for use by any thread; no other method than {@link #status}
 * blocks. */
public interface Replica {
    /** Whether the shards of this process decide. */
    boolean leads();

    /** The epoch for which this process leads, another one each time; 0 while it does not. */
    long leadingEpoch();

    /** The URL, without a path, that the leader advertises; null if none is known. */
    @Nullable
    String leaderUrl();

    /** Why this process should not receive requests; null if it should. */
    @Nullable
    String notReady();

    /** What this process knows of the cluster; it reads the lengths of files, so no loop calls it. */
    ClusterStatus status();

    /**
     * Has the leader begin a change of the members; completes when it runs, or is refused.
     *
     * @return the state of the change
     */
    CompletableFuture<ChangeStatus> change(MemberChange change);

    /** The state of the change that runs, or of the last one of the leader. */
    CompletableFuture<ChangeStatus> change();

    /**
     * Completes when the loops of this process have applied everything that any member had acknowledged before this
     * call; exceptionally if no leader answers.
     */
    CompletableFuture<Void> readBarrier();
}
