package io.streamkeeper.server.shard;

/**
 * Repeats a step that is answered at once or in a later turn. The stack does not grow with the number of steps, and
 * other work of the loop runs between them, see {@link TurnQueue}. Owned by the loop.
 */
final class Steps {
    /** Steps in one turn, of those that are answered at once. */
    private static final int TURN_STEPS_MAX = 64;

    private final TurnQueue turns;
    private final Runnable step;
    private boolean runs;
    private boolean answered;

    /**
     * The steps run on the loop of {@code turns}; {@code step} causes a call of {@link #answered} if another step is to
     * follow.
     */
    Steps(TurnQueue turns, Runnable step) {
        this.turns = turns;
        this.step = step;
    }

    /** Runs the first step; on the loop. */
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

    /** Called when a step is answered and the next is to follow; on the loop. */
    void answered() {
        if (runs) {
            answered = true;
        } else {
            start();
        }
    }
}
