package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.StorageSimulation.End;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Many lives of a shard over a disk that tears, loses, fills up and fails, see {@link StorageSimulation}. Each seed is
 * several starts of one data directory; {@code -Dsim.seeds=N} runs as many as wanted, {@code -Dsim.seed=S} that one.
 */
class StorageSimulationTest {
    private static final int GENERATIONS = 4;
    private static final int STEPS = 120;
    private static final List<End> ENDS = List.of(End.POWER_CUT, End.KILL, End.STOP);

    @Test
    void everythingAcknowledgedIsThereExactlyOnce() {
        Map<String, Integer> words = new HashMap<>();
        long first = Long.getLong("sim.seed", 1);
        long count = Long.getLong("sim.seed") == null ? Integer.getInteger("sim.seeds", 1_000) : 1;
        for (long seed = first; seed < first + count; seed++) {
            try {
                live(new Random(seed), words);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("-Dsim.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
        if (count > 1) {
            assertThat(words.keySet()).contains("created", "wrote", "wrote closed", "deleted", "storage_full", "kept");
        }
    }

    private static void live(Random random, Map<String, Integer> words) throws IOException {
        StorageSimulation simulation = new StorageSimulation(random);
        for (int generation = 0; generation < GENERATIONS; generation++) {
            simulation.start();
            if (random.nextInt(3) > 0) {
                simulation.disk().stopBefore(1 + random.nextInt(400));
            }
            simulation.run(STEPS);
            End end = ENDS.get(random.nextInt(ENDS.size()));
            boolean stopped = simulation.disk().isStopped();
            boolean keeps = simulation.isSynced() || end != End.POWER_CUT;
            simulation.end(stopped && end == End.STOP ? End.KILL : end);
            simulation.start();
            simulation.checkRecovered(keeps);
            simulation.end(End.KILL);
        }
        simulation.words.forEach((word, count) -> words.merge(word, count, Integer::sum));
    }
}
