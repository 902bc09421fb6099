package io.streamkeeper.server.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Patterns, and the index of many of them, compared with a matcher that tries everything. */
class GlobIndexTest {
    private static boolean naive(List<String> segments, List<String> names) {
        if (segments.isEmpty()) {
            return names.isEmpty();
        }
        String first = segments.get(0);
        List<String> rest = segments.subList(1, segments.size());
        if (first.equals("**")) {
            return naive(rest, names) || (!names.isEmpty() && naive(segments, names.subList(1, names.size())));
        }
        return !names.isEmpty()
                && (first.equals("*") || first.equals(names.get(0)))
                && naive(rest, names.subList(1, names.size()));
    }

    private static String random(Random random, String... segments) {
        List<String> some = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            some.add(segments[random.nextInt(segments.length)]);
        }
        return String.join("/", some);
    }

    @Test
    void matchesAreThoseOfAMatcherThatTriesEverything() {
        Random random = new Random(7);
        GlobIndex<String> index = new GlobIndex<>();
        Set<String> patterns = new HashSet<>();
        int matches = 0;
        for (int i = 0; i < 20_000; i++) {
            String pattern =
                    Glob.parse(random(random, "a", "b", "c", "*", "**")).toString();
            if (random.nextInt(3) == 0) {
                index.remove(Glob.parse(pattern), pattern);
                patterns.remove(pattern);
            } else if (patterns.size() < 60) {
                index.add(Glob.parse(pattern), pattern);
                patterns.add(pattern);
            }
            String path = random(random, "a", "b", "c", "*x");
            List<String> names = List.of(path.split("/"));
            Set<String> expected = new HashSet<>();
            for (String each : patterns) {
                boolean isMatch = naive(Glob.parse(each).segments(), names);
                assertThat(Glob.parse(each).matches(new StreamPath(path)))
                        .as("%s matches %s", each, path)
                        .isEqualTo(isMatch);
                assertThat(!isMatch || path.startsWith(Glob.parse(each).literalPrefix()))
                        .isTrue();
                if (isMatch) {
                    expected.add(each);
                }
            }
            List<String> found = new ArrayList<>();
            index.match(path, found::add);
            assertThat(found).as("the patterns of %s", path).containsExactlyInAnyOrderElementsOf(expected);
            matches += found.size();
        }
        assertThat(matches).isGreaterThan(10_000);
        List.copyOf(patterns).forEach(pattern -> index.remove(Glob.parse(pattern), pattern));
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void manyWildcardsDoNotMultiplyTheWork() {
        Glob glob = new Glob(List.of(("**/a/".repeat(100) + "b").split("/")));
        String path = "a/".repeat(300) + "c";
        GlobIndex<Integer> index = new GlobIndex<>();
        index.add(glob, 1);
        List<Integer> found = new ArrayList<>();
        index.match(path, found::add);
        assertThat(found).isEmpty();
        assertThat(glob.matches(new StreamPath(path))).isFalse();
    }

    @Test
    void aPatternHasAtMost32Segments() {
        assertThat(Glob.parse("a/".repeat(31) + "*").segments()).hasSize(32);
        assertThat(Glob.parse("**/".repeat(200) + "a").segments()).hasSize(2);
        assertThatThrownBy(() -> Glob.parse("a/".repeat(32) + "*"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("has 33 segments; expected at most 32");
    }

    @Test
    void aWildcardBesideOtherCharactersIsRefused() {
        assertThatThrownBy(() -> Glob.parse("a/foo*")).isInstanceOf(RefusedException.class);
        assertThat(Glob.parse("a/**/**/b").toString()).isEqualTo("a/**/b");
    }
}
