package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReadBarriersTest {
    private final List<CompletableFuture<Void>> begun = new ArrayList<>();
    private final ReadBarriers barriers = new ReadBarriers(Runnable::run, () -> {
        CompletableFuture<Void> barrier = new CompletableFuture<>();
        begun.add(barrier);
        return barrier;
    });

    @Test
    void callersDuringABarrierShareTheNextOne() {
        CompletableFuture<Void> first = barriers.join();
        CompletableFuture<Void> second = barriers.join();
        CompletableFuture<Void> third = barriers.join();
        assertThat(begun).hasSize(1);
        begun.get(0).complete(null);
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(begun).hasSize(2);
        CompletableFuture<Void> fourth = barriers.join();
        begun.get(1).complete(null);
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(fourth).isNotDone();
        begun.get(2).complete(null);
        assertThat(fourth).isCompleted();
        barriers.join();
        assertThat(begun).hasSize(4);
    }

    /** What the Raft server does before it sends a message may block. */
    @Test
    void aCallerDoesNotMakeTheBarrier() {
        List<Runnable> tasks = new ArrayList<>();
        List<String> made = new ArrayList<>();
        ReadBarriers barriers = new ReadBarriers(tasks::add, () -> {
            made.add("one");
            return CompletableFuture.completedFuture(null);
        });
        CompletableFuture<Void> joined = barriers.join();
        assertThat(made).isEmpty();
        assertThat(joined).isNotDone();
        tasks.remove(0).run();
        tasks.remove(0).run();
        assertThat(made).hasSize(1);
        assertThat(joined).isCompleted();
    }

    @Test
    void aBarrierThatFailsFailsItsCallersOnly() {
        CompletableFuture<Void> first = barriers.join();
        CompletableFuture<Void> second = barriers.join();
        begun.get(0).completeExceptionally(new IllegalStateException("no leader"));
        assertThat(first).isCompletedExceptionally();
        begun.get(1).complete(null);
        assertThat(second).isCompleted();
    }

    /** The member that leads no more may be stopped, and answer nothing for a long time. */
    @Test
    void aBarrierEndsWhenAnotherMemberLeads() {
        CompletableFuture<Void> first = barriers.join();
        CompletableFuture<Void> second = barriers.join();
        barriers.leaderChanged();
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isNotDone();
        begun.get(0).complete(null);
        assertThat(second).isNotDone();
        begun.get(1).complete(null);
        assertThat(second).isCompleted();
        barriers.leaderChanged();
    }
}
