package io.streamkeeper.server.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a document calls the generations of offsets, which differ from run to run, and what they are in this run. The
 * first line that names one binds it; from there on it stands for that one, and no other does. Immutable.
 */
final class Names {
    static final Names NONE = new Names(Map.of());

    /** A generation: alone as in an entity tag, or before the position of an offset, which is not one. */
    private static final Pattern GENERATION = Pattern.compile("(?<![0-9a-f_])[0-9]{16}(?![0-9a-f])");

    /** The generation that names the beginning of any stream, in every run. */
    private static final String ANY = "0".repeat(16);

    private final Map<String, String> actual;

    private Names(Map<String, String> actual) {
        this.actual = actual;
    }

    /** Whether a text has a generation that differs from run to run. */
    static boolean hasGeneration(String text) {
        return GENERATION
                .matcher(text)
                .results()
                .anyMatch(generation -> !generation.group().equals(ANY));
    }

    /** The text with the generations of this run. */
    String inThisRun(String text) {
        return GENERATION.matcher(text).replaceAll(match -> actual.getOrDefault(match.group(), match.group()));
    }

    /**
     * A pattern of the lines that {@code written} stands for: a generation that is not bound yet is a group of its own,
     * and so is nothing else.
     *
     * @param literal makes the pattern of what lies between generations
     */
    Pattern pattern(String written, UnaryOperator<String> literal) {
        StringBuilder pattern = new StringBuilder();
        Map<String, Integer> groups = new LinkedHashMap<>();
        Matcher generations = GENERATION.matcher(written);
        int end = 0;
        while (generations.find()) {
            pattern.append(literal.apply(written.substring(end, generations.start())));
            String generation = generations.group();
            if (isFixed(generation)) {
                pattern.append(actual.getOrDefault(generation, generation));
            } else if (groups.containsKey(generation)) {
                pattern.append("\\").append(groups.get(generation));
            } else {
                groups.put(generation, groups.size() + 1);
                pattern.append("([0-9]{16})");
            }
            end = generations.end();
        }
        return Pattern.compile(pattern + literal.apply(written.substring(end)));
    }

    private boolean isFixed(String generation) {
        return generation.equals(ANY) || actual.containsKey(generation);
    }

    /**
     * These names and those that {@code written} brings, whose pattern has matched; null if one would have two names.
     */
    @Nullable
    Names with(String written, Matcher matched) {
        Map<String, String> all = new LinkedHashMap<>(actual);
        int group = 0;
        List<String> generations = GENERATION
                .matcher(written)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        for (String generation : generations) {
            if (!isFixed(generation)) {
                String bound = matched.group(++group);
                if (bound.equals(ANY) || all.containsValue(bound)) {
                    return null;
                }
                all.put(generation, bound);
            }
        }
        return new Names(Map.copyOf(all));
    }
}
