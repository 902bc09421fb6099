package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Kills a member of a cluster with SIGKILL every 20 seconds, on a thread of its own, and starts it again. Closing it
 * ends that; then all members run.
 */
final class MemberKiller implements AutoCloseable {
    private static final long FIRST_MILLIS = 5_000;
    private static final long PERIOD_MILLIS = 20_000;
    private static final long LEADER_MILLIS = 200;

    /** Chooses the next member to kill. */
    private interface Choice {
        int victim(int leader, int kills);
    }

    private final ClusterProcesses members;
    private final Choice choice;
    private final Thread thread = new Thread(this::run, "member-killer");
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean ends;

    private MemberKiller(ClusterProcesses members, Choice choice) {
        this.members = members;
        this.choice = choice;
        thread.start();
    }

    /** Kills the followers in turn, but never one of them. */
    static MemberKiller ofFollowersOtherThan(ClusterProcesses members, int spared) {
        return new MemberKiller(members, (leader, kills) -> {
            int[] others = IntStream.range(0, ClusterProcesses.COUNT)
                    .filter(node -> node != leader && node != spared)
                    .toArray();
            return others[kills % others.length];
        });
    }

    /** Kills each member that leads. */
    static MemberKiller ofLeaders(ClusterProcesses members) {
        return new MemberKiller(members, (leader, kills) -> leader);
    }

    private void run() {
        try {
            pause(FIRST_MILLIS);
            while (!ends) {
                int leader = members.leader();
                if (leader < 0) {
                    pause(LEADER_MILLIS);
                    continue;
                }
                int victim = choice.victim(leader, kills.getAndIncrement());
                members.kill(victim);
                members.start(victim);
                pause(PERIOD_MILLIS);
            }
        } catch (Exception | AssertionError e) {
            failure.set(e);
        }
    }

    private synchronized void pause(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; left > 0 && !ends; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    void assertHasKilled() {
        assertThat(kills.get()).as("kills").isPositive();
    }

    @Override
    public void close() {
        synchronized (this) {
            ends = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError("a member was not killed and started again: " + failed.getMessage(), failed);
        }
        members.awaitAllReady();
    }
}
