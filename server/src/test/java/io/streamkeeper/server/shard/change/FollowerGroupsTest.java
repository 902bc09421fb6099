package io.streamkeeper.server.shard.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which groups a change concerns: those with whose prefixes its path begins. */
class FollowerGroupsTest {
    private final FollowerGroups groups = new FollowerGroups();

    private List<String> of(String path) {
        List<String> found = new ArrayList<>();
        groups.forEachOf(path, group -> found.add(group.prefix()));
        return found;
    }

    @Test
    void theyComeByLength() {
        for (String prefix : List.of("a/b", "", "a", "b", "a/bc", "A", "a/b/c")) {
            groups.of(prefix);
        }

        assertThat(of("a/b")).containsExactly("", "a", "a/b");
        assertThat(of("b")).containsExactly("", "b");
        assertThat(of("c")).containsExactly("");
        assertThat(groups.of("a")).isSameAs(groups.of("a"));
    }

    /** The difference of these texts is 0 modulo 2^64 for each odd factor. */
    @Test
    void thueMorseTextsHaveDifferentHashCodes() {
        String text = "a";
        String inverse = "b";
        for (int length = 1; length < 1_024; length *= 2) {
            String before = text;
            text = before + inverse;
            inverse = inverse + before;
        }

        assertThat(groups.of(text).hash()).isNotEqualTo(groups.of(inverse).hash());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theyAreThoseThatAComparisonFinds(long seed) {
        Random random = new Random(seed);
        Map<String, FollowerGroup> present = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            String text = text(random);
            switch (random.nextInt(3)) {
                case 0 -> present.computeIfAbsent(text, groups::of);
                case 1 -> {
                    FollowerGroup group = present.remove(text);
                    if (group != null) {
                        groups.remove(group);
                    }
                }
                default ->
                    assertThat(of(text))
                            .containsExactlyInAnyOrderElementsOf(present.keySet().stream()
                                    .filter(text::startsWith)
                                    .toList());
            }
        }
        List.copyOf(present.values()).forEach(groups::remove);
        assertThat(groups.count()).isZero();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(7); i > 0; i--) {
            text.append("ab\u00e9/".charAt(random.nextInt(4)));
        }
        return text.toString();
    }
}
