package io.streamkeeper.server.forward;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Reads of one loop that wait until this member has everything that was acknowledged before they began. All that wait
 * share a barrier: at most one begins in a turn of the loop, and none before the last one is complete. While no leader
 * answers, the barrier is tried again, for a bounded time. Owned by the loop.
 */
public final class ReadGate {
    /** How long a read waits for a leader that answers. */
    static final long WAIT_MILLIS_MAX = 5_000;

    /** How many reads wait; a further one is refused. */
    static final int WAITING_MAX = 20_000;

    private static final long RETRY_MILLIS = 50;

    private record Waiter(long deadlineNanos, Consumer<Boolean> then) {}

    private final EventLoop loop;
    private final Replica replica;
    private List<Waiter> waiting = new ArrayList<>();
    private int underWay;
    private boolean isBegun;

    /** A gate at which no read waits. */
    public ReadGate(EventLoop loop, Replica replica) {
        this.loop = loop;
        this.replica = replica;
    }

    /**
     * Lets a read wait.
     *
     * @param then receives whether this member has everything, in a later turn of the loop; false if no leader answers
     * @return false if too many reads wait; {@code then} is not called
     */
    public boolean await(Consumer<Boolean> then) {
        if (waiting.size() + underWay >= WAITING_MAX) {
            return false;
        }
        waiting.add(new Waiter(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX), then));
        if (!isBegun) {
            isBegun = true;
            loop.execute(this::begin);
        }
        return true;
    }

    private void begin() {
        List<Waiter> together = waiting;
        waiting = new ArrayList<>();
        underWay = together.size();
        replica.readBarrier().whenComplete((done, failure) -> loop.execute(() -> passed(together, failure == null)));
    }

    private void passed(List<Waiter> together, boolean hasPassed) {
        underWay = 0;
        long now = System.nanoTime();
        List<Waiter> over = new ArrayList<>();
        for (Waiter waiter : together) {
            (hasPassed || waiter.deadlineNanos() - now <= 0 ? over : waiting).add(waiter);
        }
        if (waiting.isEmpty()) {
            isBegun = false;
        } else if (hasPassed) {
            loop.execute(this::begin);
        } else {
            loop.schedule(this::begin, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
        over.forEach(waiter -> waiter.then().accept(hasPassed));
    }
}
