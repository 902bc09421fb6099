package io.streamkeeper.server;

import io.streamkeeper.cluster.ChangeStatus;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.cluster.ClusterStatus;
import io.streamkeeper.cluster.MemberChange;
import io.streamkeeper.server.forward.Replica;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of a member depend on, from the member itself. Only a member of a cluster loads it.
 *
 * @param member of this process
 */
record MemberReplica(ClusterMember member) implements Replica {
    @Override
    public boolean leads() {
        return member.leads();
    }

    @Override
    public long leadingEpoch() {
        return member.leadingEpoch();
    }

    @Override
    public @Nullable String leaderUrl() {
        return member.leaderUrl();
    }

    @Override
    public @Nullable String notReady() {
        return member.notReady();
    }

    @Override
    public ClusterStatus status() {
        return member.status();
    }

    @Override
    public CompletableFuture<ChangeStatus> change(MemberChange change) {
        return member.change(change);
    }

    @Override
    public CompletableFuture<ChangeStatus> change() {
        return member.change();
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return member.readBarrier();
    }
}
