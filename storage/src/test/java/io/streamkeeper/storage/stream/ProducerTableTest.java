package io.streamkeeper.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Producer;
import io.streamkeeper.storage.Seeds;
import io.streamkeeper.storage.record.KnownProducer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProducerTableTest {
    private static final ProducerLimits FOUR = new ProducerLimits(4, 1_000);

    private final ProducerTable table = new ProducerTable();

    private void accept(String id, long atMillis) {
        int evictions = table.last(id) == null ? table.evictionsFor(FOUR, atMillis) : 0;
        table.accept(new Producer(id, 0, 0), evictions, atMillis);
    }

    private List<String> ids() {
        return table.all().stream().map(known -> known.last().id()).toList();
    }

    /** What is undone last first is as it was, order of use and evicted producers included. */
    @Test
    void theTableIsTheModelsWhateverIsTakenBack() {
        Seeds.forEach(200, random -> {
            ProducerTable table = new ProducerTable();
            List<KnownProducer> model = new ArrayList<>();
            Deque<ProducerTable.Mark> marks = new ArrayDeque<>();
            Deque<List<KnownProducer>> before = new ArrayDeque<>();
            long now = 0;
            for (int i = 0; i < 80; i++) {
                now += random.nextInt(400);
                Producer next = new Producer("p" + random.nextInt(8), random.nextInt(3), i);
                boolean known = table.last(next.id()) != null;
                int evictions = known ? 0 : table.evictionsFor(FOUR, now);
                if (evictions >= 0) {
                    marks.push(table.mark(next, evictions));
                    before.push(List.copyOf(model));
                    table.accept(next, evictions, now);
                    model.subList(0, evictions).clear();
                    model.removeIf(entry -> entry.last().id().equals(next.id()));
                    model.add(new KnownProducer(next, now));
                }
                int undone = random.nextInt(4) == 0 ? random.nextInt(marks.size() + 1) : 0;
                for (int u = 0; u < undone; u++) {
                    table.undo(marks.pop());
                    model = new ArrayList<>(before.pop());
                    assertThat(table.all()).isEqualTo(model);
                }
                assertThat(table.all()).isEqualTo(model);
                assertThat(table.size()).isEqualTo(model.size()).isLessThanOrEqualTo(4);
                for (KnownProducer entry : model) {
                    assertThat(table.last(entry.last().id())).isEqualTo(entry.last());
                }
            }
        });
    }

    @Test
    void theOneUnusedForLongestIsEvicted() {
        for (int i = 0; i < 4; i++) {
            accept("p" + i, i);
        }
        accept("p0", 10);

        accept("q", 1_001);

        assertThat(ids()).containsExactly("p2", "p3", "p0", "q");
        assertThat(table.last("p1")).isNull();
    }

    @Test
    void noneIsEvictedThatWroteOfLate() {
        for (int i = 0; i < 4; i++) {
            accept("p" + i, i);
        }

        assertThat(table.evictionsFor(FOUR, 999)).isEqualTo(-1);
        assertThat(table.evictionsFor(FOUR, 1_000)).isEqualTo(1);
    }

    @Test
    void aLowerLimitEvictsAllThatIsAboveIt() {
        for (int i = 0; i < 4; i++) {
            accept("p" + i, i);
        }

        assertThat(table.evictionsFor(new ProducerLimits(2, 0), 4)).isEqualTo(3);
        assertThat(table.evictionsFor(new ProducerLimits(2, 1_000), 1_001)).isEqualTo(-1);
        table.accept(new Producer("q", 0, 0), 3, 4);
        assertThat(ids()).containsExactly("p3", "q");
    }

    @Test
    void aClockThatIsSetBackStandsStill() {
        for (int i = 0; i < 4; i++) {
            accept("p" + i, 5_000 + 1_000 * i);
        }

        assertThat(table.evictionsFor(FOUR, 100)).isEqualTo(1);
        accept("q", 100);
        assertThat(table.all().get(3).usedMillis()).isEqualTo(8_000);
    }

    @Test
    void aClockThatIsSetBackStandsStillForAnOnlyProducerToo() {
        accept("p", 5_000);
        accept("p", 100);
        assertThat(table.all().get(0).usedMillis()).isEqualTo(5_000);
        assertThat(table.evictionsFor(new ProducerLimits(1, 1_000), 5_500)).isEqualTo(-1);
    }
}
