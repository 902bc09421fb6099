package io.streamkeeper.server.security;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of a file with rules: words separated by spaces or tabs. Empty lines, and what follows a word that begins with
 * {@code #}, are ignored.
 *
 * @param number of the line, counted from 1
 * @param words at least one
 */
public record RuleLine(int number, List<String> words) {
    /**
     * {@return the lines that are not empty}
     *
     * @param texts all lines of a file
     */
    public static List<RuleLine> of(List<String> texts) {
        List<RuleLine> lines = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            List<String> words = words(texts.get(i));
            if (!words.isEmpty()) {
                lines.add(new RuleLine(i + 1, words));
            }
        }
        return lines;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split("[ \t]+", -1)) {
            if (word.startsWith("#")) {
                break;
            }
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    /**
     * {@return the exception for a line that is not valid; its message begins with the number of the line}
     *
     * @param problem what the line has
     */
    public IllegalArgumentException invalid(String problem) {
        return new IllegalArgumentException("line " + number + " has " + problem);
    }
}
