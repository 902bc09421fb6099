package io.streamkeeper.cluster;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What this process is in its cluster, for the server. Safe for use by any thread; no method but {@link #status} blocks. */
public interface ClusterMember {
    /** Whether the shards of this process decide: it leads, and they have everything that was committed before. */
    boolean leads();

    /** The epoch in which this member {@link #leads}; 0 while it does not. */
    long leadingEpoch();

    /** From now on, {@code changed} is run after each change of {@link #leadingEpoch}, on a thread that it must not block. */
    void onLeadChange(Runnable changed);

    /**
     * The URL at which the present leader serves, without a slash at its end; the own one where {@link #leads}. Null if
     * no leader is known, or its URL is not: a request that only the leader can execute may then be tried again.
     */
    @Nullable
    String leaderUrl();

    /**
     * From now on, this member says in each of its epochs that it serves at {@code url}. Before the first call, other
     * members do not know where they reach it.
     *
     * @param url without a slash at the end
     */
    void advertise(String url);

    /**
     * Completes when the readers of this process see everything that any member had acknowledged before this call; on a
     * loop or a thread of the log. Callers at the same time share a message to the other members. It fails with a {@link
     * NoLeaderException} if no leader answers.
     */
    CompletableFuture<Void> readBarrier();

    /** Why this member should not receive requests; null if it should. */
    @Nullable
    String notReady();

    /** What this member knows of the cluster. It reads the lengths of files: no loop calls it. */
    ClusterStatus status();

    /**
     * Has the leader begin a change of the members; completes when it runs, or is refused.
     *
     * @return the state of the change; {@link ChangeStatus.State#NOT_LEADING} if no leader was found in some seconds
     */
    CompletableFuture<ChangeStatus> change(MemberChange change);

    /** The state of the change that runs, or of the last one of the leader. */
    CompletableFuture<ChangeStatus> change();

    /**
     * Runs a task, on a thread of its own, when this member was too far behind to receive the log, and the state of
     * another member is ready to take the place of the own one: the next start of the stores does that. It may run at
     * once.
     */
    void whenStateIsReceived(Runnable then);

    /** Asks another member to lead; completes with whether another one leads. */
    CompletableFuture<Boolean> transferLeadership();
}
