package io.streamkeeper.server.shard;

/**
 * Repeats a step whose answer comes at once or in a later turn, so that the stack does not grow with the number of
 * steps, and so that other work of the loop comes in between, see {@link TurnQueue}. Owned by the loop.
 */
final class Steps {
    /** Steps that are answered at once and done in one turn. */
    private static final int TURN_STEPS_MAX = 64;

    private final TurnQueue turns;
    private final Runnable step;
    private boolean runs;
    private boolean answered;

    /**
     * The steps of the owner of {@code turns}; {@code step} has {@link #answered} called when another step is to
     * follow.
     */
    Steps(TurnQueue turns, Runnable step) {
        this.turns = turns;
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
            turns.add(this::start);
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
