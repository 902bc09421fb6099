package io.streamkeeper.cluster;

import static io.streamkeeper.cluster.TestCluster.NAMES;
import static io.streamkeeper.cluster.TestCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.LogsFaults;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Clocks of members that differ. */
class ClockSkewTest extends RunningCluster {
    private static @Nullable ClockSkew skew(String from, String to) {
        return cluster.node(from).status().members().stream()
                .filter(known -> known.member().name().equals(to))
                .findFirst()
                .orElseThrow()
                .clockSkew();
    }

    private static void awaitSkew(String from, String to, long millis) {
        soon().until(() -> {
            ClockSkew found = skew(from, to);
            return found != null && Math.abs(found.millis() - millis) <= found.errorMillis() + 20;
        });
    }

    @Test
    @LogsFaults("differs by {} ms from that of this member")
    void eachMemberKnowsByHowMuchTheClocksOfOthersDiffer() {
        awaitSkew("n1", "n2", 0);
        cluster.moveClock("n3", 60_000);
        awaitSkew("n1", "n3", 60_000);
        awaitSkew("n3", "n1", -60_000);
        awaitSkew("n2", "n1", 0);
        assertThat(skew("n3", "n3")).isNull();
        cluster.moveClock("n3", 0);
        awaitSkew("n1", "n3", 0);
        awaitSkew("n3", "n2", 0);
    }

    @Test
    void theClockOfAMemberThatDoesNotAnswerIsNotKnown() throws Exception {
        List<String> others = NAMES.stream().filter(name -> !name.equals("n2")).toList();
        awaitSkew("n1", "n2", 0);
        cluster.kill("n2");
        soon().until(() -> others.stream().allMatch(name -> skew(name, "n2") == null));
        cluster.start("n2");
        awaitSkew("n1", "n2", 0);
    }

    @Test
    @LogsFaults("differs by {} ms from that of this member")
    void aDifferenceCountsOnlyIfTheTimeOfTheMessageDoesNotExplainIt() {
        ClockSkews skews = new ClockSkews();
        skews.measured("a", 10_000, TimeUnit.SECONDS.toNanos(2), 11_600);
        assertThat(skews.of("a")).isEqualTo(new ClockSkew(600, 1_001));
        assertThat(new ClockSkew(600, 1_001).isTooLarge()).isFalse();
        assertThat(new ClockSkew(-600, 99).isTooLarge()).isTrue();
        assertThat(new ClockSkew(500, 0).isTooLarge()).isFalse();
        skews.measured("a", 10_000, Duration.ofMillis(2).toNanos(), 9_000);
        assertThat(skews.of("a")).isEqualTo(new ClockSkew(-1_001, 2));
        skews.lost("a");
        assertThat(skews.of("a")).isNull();
    }
}
