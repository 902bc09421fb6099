package io.streamkeeper.server.shard;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a step whose answer comes at once or in a later turn, so that the stack does not grow with the number of steps,
 * and so that other work of the loop comes in between. Owned by the loop.
 */
final class Steps {
    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

    /** Steps that are answered at once and done in one turn. */
    private static final int TURN_STEPS_MAX = 64;

    private final EventLoop loop;
    private final Runnable step;
    private boolean runs;
    private boolean answered;

    /** The steps of {@code loop}; {@code step} has {@link #answered} called when another step is to follow. */
    Steps(EventLoop loop, Runnable step) {
        this.loop = loop;
        this.step = step;
    }

    /** Begins; on the loop. */
    void start() {
        runs = true;
        int steps = 0;
        do {
            answered = false;
            step.run();
            steps++;
        } while (answered && steps < TURN_STEPS_MAX);
        runs = false;
        if (answered) {
            later();
        }
    }

    private void later() {
        try {
            loop.execute(this::start);
        } catch (RejectedExecutionException e) {
            LOG.debug("the server has stopped: nobody waits for the next step", e);
        }
    }

    /** The step is answered, and the next is to follow; on the loop. */
    void answered() {
        if (runs) {
            answered = true;
        } else {
            start();
        }
    }
}
