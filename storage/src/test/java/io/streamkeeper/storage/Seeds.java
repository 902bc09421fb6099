package io.streamkeeper.storage;

import java.util.Random;

/**
 * Runs a random test once for each seed; a failure names the seed that shows it. {@code -Dseeds=N} runs N times as
 * many.
 */
public final class Seeds {
    private static final int FACTOR = Integer.getInteger("seeds", 1);

    private Seeds() {}

    /** What is done with one seed's numbers. */
    public interface Run {
        void with(Random random);
    }

    public static void forEach(int count, Run run) {
        for (long seed = 0; seed < (long) count * FACTOR; seed++) {
            try {
                run.with(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
