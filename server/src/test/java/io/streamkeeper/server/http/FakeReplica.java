package io.streamkeeper.server.http;

import io.streamkeeper.cluster.ChangeStatus;
import io.streamkeeper.cluster.ClusterFigures;
import io.streamkeeper.cluster.ClusterStatus;
import io.streamkeeper.cluster.MemberChange;
import io.streamkeeper.server.forward.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a process is in a cluster, as the test says. */
final class FakeReplica implements Replica {
    private final AtomicInteger barriers = new AtomicInteger();
    private final AtomicInteger leaderQuestions = new AtomicInteger();
    private volatile boolean leads;
    private final AtomicLong epoch = new AtomicLong();
    private volatile @Nullable String leaderUrl;
    private volatile @Nullable String notReady;
    private volatile CompletableFuture<Void> barrier = CompletableFuture.completedFuture(null);

    @Override
    public boolean leads() {
        return leads;
    }

    @Override
    public long leadingEpoch() {
        return leads ? epoch.get() : 0;
    }

    @Override
    public @Nullable String leaderUrl() {
        leaderQuestions.incrementAndGet();
        return leaderUrl;
    }

    @Override
    public @Nullable String notReady() {
        return notReady;
    }

    /** Why it should not receive requests. */
    void notReady(@Nullable String reason) {
        notReady = reason;
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        barriers.incrementAndGet();
        return barrier;
    }

    void leads(boolean newLeads) {
        leads = newLeads;
        epoch.incrementAndGet();
    }

    void leaderUrl(@Nullable String url) {
        leaderUrl = url;
    }

    /** What the next barriers are. */
    void barrier(CompletableFuture<Void> next) {
        barrier = next;
    }

    /** How often somebody wanted to know the leader. */
    int leaderQuestions() {
        return leaderQuestions.get();
    }

    int barriers() {
        return barriers.get();
    }

    @Override
    public ClusterStatus status() {
        return new ClusterStatus("fake", leaderUrl(), notReady(), 0, new ClusterFigures(0, 0, 0, 0), null);
    }

    @Override
    public CompletableFuture<ChangeStatus> change(MemberChange change) {
        return change();
    }

    @Override
    public CompletableFuture<ChangeStatus> change() {
        return CompletableFuture.completedFuture(new ChangeStatus(ChangeStatus.State.NONE, null, null, -1, -1));
    }
}
