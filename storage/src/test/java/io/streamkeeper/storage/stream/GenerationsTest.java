package io.streamkeeper.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.Seeds;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** I3: a generation is given once. */
class GenerationsTest {
    @Test
    void noTwoShardsGiveTheSame() {
        Seeds.forEach(50, random -> {
            int shards = 1 + random.nextInt(9);
            Generations[] all = new Generations[shards];
            for (int i = 0; i < shards; i++) {
                all[i] = new Generations(i, shards);
            }
            Set<Long> given = new HashSet<>();
            long now = 1_700_000_000_000L;
            for (int i = 0; i < 500; i++) {
                int shard = random.nextInt(shards);
                now += random.nextInt(5) - 2;
                long generation = all[shard].next(now, random.nextInt(3) == 0 ? now * 1_000 : 0);
                assertThat(given.add(generation)).as("given once").isTrue();
                assertThat(generation % shards).isEqualTo(shard);
            }
        });
    }

    @Test
    void theyGrowAlsoWhenTheClockGoesBack() {
        Generations generations = new Generations(2, 3);
        long first = generations.next(1_000_000, 0);
        long second = generations.next(10, 0);
        assertThat(second).isGreaterThan(first);
        assertThat(generations.next(1_000_001, 0)).isGreaterThan(second);
    }

    @Test
    void oneIsNeverBeforeTheClockOrTheFloor() {
        Generations generations = new Generations(0, 4);
        assertThat(generations.next(1_000, 0)).isGreaterThanOrEqualTo(1_000_000L);
        long floor = 5_000_000L;
        assertThat(generations.next(1_000, floor)).isGreaterThan(floor);
        assertThat(generations.next(1_000, floor)).isGreaterThan(floor + 1);
    }

    @Test
    void oneThatTheLogHoldsIsNotGivenAgain() {
        Generations generations = new Generations(1, 2);
        long held = 9_000_001L;
        generations.seen(held);
        generations.seen(5);
        assertThat(generations.next(1_000, 0)).isGreaterThan(held);
    }

    @Test
    void theyFitAnOffsetWhateverTheClockSays() {
        assertThat(new Generations(0, 1).next(7_258_118_400_000L, 0)).isLessThanOrEqualTo(9_999_999_999_999_999L);
        assertThat(new Generations(0, 1).next(Long.MAX_VALUE, 0)).isLessThanOrEqualTo(9_999_999_999_999_999L);
    }
}
