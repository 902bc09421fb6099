package io.streamkeeper.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BusyStreamsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void eachRequestIsCounted() {
        BusyStreams busy = new BusyStreams(5);
        busy.append("a", 100);
        busy.append("a", 50);
        busy.read("a");
        busy.read("b");

        assertThat(busy.all())
                .containsEntry("a", new StreamUse(2, 150, 1))
                .containsEntry("b", new StreamUse(0, 0, 1))
                .hasSize(2);
        assertThat(busy.nanos(5 + SECOND)).isEqualTo(SECOND);
    }

    @Test
    void theCountsCoverOneToTwoWindows() {
        BusyStreams busy = new BusyStreams(0);
        busy.read("old");
        busy.step(9 * SECOND);
        assertThat(busy.nanos(9 * SECOND)).isEqualTo(9 * SECOND);
        busy.step(10 * SECOND);
        busy.read("new");
        busy.read("old");
        assertThat(busy.all()).containsEntry("old", new StreamUse(0, 0, 2));
        assertThat(busy.nanos(19 * SECOND)).isEqualTo(19 * SECOND);
        busy.step(20 * SECOND);
        assertThat(busy.all()).containsEntry("old", new StreamUse(0, 0, 1));
        assertThat(busy.nanos(20 * SECOND)).isEqualTo(10 * SECOND);
        busy.step(30 * SECOND);
        assertThat(busy.all()).isEmpty();
    }

    @Test
    void streamsThatAreUsedOftenAreKnownAmongAMillionOthers() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        BusyStreams busy = new BusyStreams(0);
        int requests = 1_000_000;
        for (int i = 0; i < requests; i++) {
            // Each of ten streams has a hundredth of all requests.
            int at = random.nextInt(100);
            if (at < 10) {
                busy.append("hot" + at, 100);
            } else {
                busy.append("cold" + random.nextInt(1_000_000), 100);
            }
        }
        for (int hot = 0; hot < 10; hot++) {
            assertThat(busy.all().getOrDefault("hot" + hot, StreamUse.NONE).appends())
                    .as("seed %s", seed)
                    .isBetween(requests / 100 * 85L / 100, requests / 100 * 115L / 100);
        }
        assertThat(busy.all().size()).isLessThanOrEqualTo(512);
    }

    @Test
    void aFewLargeAppendsCountAsMuchAsManySmallOnes() {
        BusyStreams busy = new BusyStreams(0);
        busy.append("large", 64 << 20);
        for (int i = 0; i < 100_000; i++) {
            busy.append("small" + i, 10);
        }
        assertThat(busy.all()).containsEntry("large", new StreamUse(1, 64 << 20, 0));
    }

    @Test
    void pathsWithTheSameHashCodeAreDistinguished() {
        BusyStreams busy = new BusyStreams(0);
        busy.read("Aa");
        busy.read("BB");
        busy.read("BB");
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        assertThat(busy.all()).containsEntry("Aa", new StreamUse(0, 0, 1)).containsEntry("BB", new StreamUse(0, 0, 2));
    }
}
