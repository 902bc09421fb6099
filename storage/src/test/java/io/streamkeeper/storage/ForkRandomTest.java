package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.storage.memory.OpenBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Trees of forks that grow and are cut down in any order, in batches that become durable or are refused as a whole.
 * What a fork holds never changes by what becomes of its source, and in the end nothing is left.
 */
class ForkRandomTest {
    private static final int PATHS = 6;
    private static final int BATCHES = 60;

    @Test
    void forksAreWhatTheyWereMadeOfWhateverBecomesOfTheirSources() {
        int[] forksSeen = new int[1];
        Seeds.forEach(150, random -> {
            try (TestStore test = new TestStore()) {
                Simulation simulation = new Simulation(test, random);
                for (int batch = 0; batch < BATCHES; batch++) {
                    simulation.batch();
                }
                simulation.end();
                forksSeen[0] += simulation.forksMade;
            }
        });
        assertThat(forksSeen[0]).isGreaterThan(500);
    }

    /** A stream of the model; one that is deleted stays while others were forked from it. */
    private static final class Node {
        final Node source;
        final int inherited;
        String text;
        boolean deleted;
        int forks;

        Node(Node source, int inherited, String text) {
            this.source = source;
            this.inherited = inherited;
            this.text = text;
        }
    }

    /** What a command does to the model if the store says that it was done. */
    private record Step(String word, Answer answer, Runnable effect) {}

    private static final class Simulation {
        private final TestStore test;
        private final Random random;
        private final Map<String, Node> nodes = new HashMap<>();
        int forksMade;
        long streamsCounted;
        long bytesCounted;

        Simulation(TestStore test, Random random) {
            this.test = test;
            this.random = random;
            test.store.countUsage((path, streams, bytes) -> {
                streamsCounted += streams;
                bytesCounted += bytes;
            });
        }

        void batch() {
            List<Step> steps = new ArrayList<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                steps.add(step("s" + random.nextInt(PATHS)));
            }
            if (random.nextInt(3) == 0) {
                test.journal.refuse();
            }
            // A deletion that was refused is decided once more by itself.
            if (random.nextInt(4) == 0) {
                test.journal.refuse();
            }
            test.journal.sync();
            for (Step step : steps) {
                if (step.answer().word().equals(step.word())) {
                    step.effect().run();
                }
            }
            check();
        }

        private Step step(String path) {
            String text = Integer.toString(random.nextInt(100_000));
            return switch (random.nextInt(5)) {
                case 0 ->
                    new Step("created", test.create(CreateRequest.at(path).text(text)), () -> {
                        assertThat(nodes).doesNotContainKey(path);
                        nodes.put(path, new Node(null, 0, text));
                    });
                case 1 ->
                    new Step("deleted", test.delete(path), () -> {
                        nodes.get(path).deleted = true;
                        drop(path);
                    });
                case 2 -> new Step("wrote", test.append(path, text), () -> nodes.get(path).text += text);
                default -> fork(path, "s" + random.nextInt(PATHS), text);
            };
        }

        private Step fork(String path, String sourcePath, String text) {
            Node source = nodes.get(sourcePath);
            boolean readable = source != null && !source.deleted;
            int position = readable ? random.nextInt(source.text.length() + 1) : 0;
            Offset offset = readable ? test.open(sourcePath).offsetAt(position) : Offset.ZERO;
            String inherited = readable ? source.text.substring(0, position) : "";
            Answer answer = test.create(
                    CreateRequest.at(path).forkOf(sourcePath, offset).text(text));
            return new Step("created", answer, () -> {
                assertThat(nodes).doesNotContainKey(path);
                assertThat(readable).isTrue();
                nodes.put(path, new Node(source, position, inherited + text));
                source.forks++;
                forksMade++;
            });
        }

        /** Forgets a deleted stream without forks, and its deleted sources that it was the last fork of. */
        private void drop(String path) {
            Node node = nodes.get(path);
            while (node != null && node.deleted && node.forks == 0) {
                Node gone = node;
                nodes.values().removeIf(other -> other.equals(gone));
                node = gone.source;
                if (node != null) {
                    node.forks--;
                }
            }
        }

        private void check() {
            for (int i = 0; i < PATHS; i++) {
                String path = "s" + i;
                Node node = nodes.get(path);
                if (node == null) {
                    assertThat(test.absence(path)).isEqualTo(ErrorCode.STREAM_NOT_FOUND);
                } else if (node.deleted) {
                    assertThat(test.absence(path)).isEqualTo(ErrorCode.STREAM_DELETED);
                } else {
                    assertThat(test.text(path)).isEqualTo(node.text);
                }
            }
            assertThat(test.store.streamCount()).isEqualTo(nodes.size());
            assertThat(streamsCounted).isEqualTo(nodes.size());
            assertThat(bytesCounted)
                    .isEqualTo(nodes.values().stream()
                            .mapToLong(node -> node.text.length() - node.inherited)
                            .sum());
        }

        void end() {
            for (int i = 0; i < PATHS; i++) {
                test.delete("s" + i);
            }
            test.journal.sync();
            assertThat(test.store.streamCount()).isZero();
            assertThat(streamsCounted + bytesCounted).isZero();
            assertThat(test.budget.usedBytes()).isLessThanOrEqualTo(OpenBlock.BLOCK_BYTES);
        }
    }
}
