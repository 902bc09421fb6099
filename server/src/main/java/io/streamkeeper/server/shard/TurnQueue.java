package io.streamkeeper.server.shard;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of one loop that may take long. It is divided into pieces, each short by itself, which run in order. When
 * the pieces have used {@link #TURN_NANOS}, the loop polls its sockets and runs its other tasks before the next piece.
 * A task that only submits itself again would keep the loop from its sockets, because a loop runs all its tasks before
 * it polls. Work of any length adds its next piece when one is done, so that the works of a loop take turns. Owned by
 * the loop.
 *
 * <pre>
 *   IDLE ──add──▶ WAITS (for a task of this turn) ──done, time left──▶ IDLE
 *                   ▲                └──time used up──▶ PAUSES (until the next turn) ──┐
 *                   └──────────────────────────────────────────────────────────────────┘
 * </pre>
 */
public final class TurnQueue {
    private static final Logger LOG = LoggerFactory.getLogger(TurnQueue.class);

    /** How long the pieces of one turn may take before the loop does something else. */
    static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final EventExecutor loop;
    private final Deque<Runnable> pieces = new ArrayDeque<>();
    private boolean waits;
    private long spentNanos;

    public TurnQueue(EventExecutor loop) {
        this.loop = loop;
    }

    /** The loop that owns this. */
    EventExecutor loop() {
        return loop;
    }

    /** Adds a piece, which runs after those added before it: in this turn if time remains, or in a later one. */
    public void add(Runnable piece) {
        pieces.add(piece);
        if (waits) {
            return;
        }
        waits = true;
        try {
            loop.execute(this::run);
        } catch (RejectedExecutionException e) {
            LOG.debug("the loop has ended: what is left is done at once", e);
            runAll();
        }
    }

    private void run() {
        long before = loop.ticker().nanoTime();
        while (!pieces.isEmpty() && spentNanos < TURN_NANOS) {
            runFirst();
            long now = loop.ticker().nanoTime();
            spentNanos += now - before;
            before = now;
        }
        if (spentNanos < TURN_NANOS) {
            waits = false;
        } else {
            pause();
        }
    }

    /**
     * Continues in a scheduled task, which does not run in this turn even if it is due. A loop that ends cancels it.
     */
    private void pause() {
        if (loop.isShuttingDown()) {
            runAll();
            return;
        }
        loop.schedule(this::nextTurn, 0, TimeUnit.NANOSECONDS).addListener(turn -> {
            if (turn.isCancelled()) {
                runAll();
            }
        });
    }

    private void nextTurn() {
        spentNanos = 0;
        run();
    }

    /** Runs all pieces at once, because the loop ends and no turn follows. */
    private void runAll() {
        while (!pieces.isEmpty()) {
            runFirst();
        }
        spentNanos = 0;
        waits = false;
    }

    private void runFirst() {
        Runnable piece = pieces.remove();
        try {
            piece.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a piece of work has failed; others go on", e);
        }
    }
}
