package io.streamkeeper.server.cli.remote;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a misspelt one probably means. */
public final class Suggestions {
    private Suggestions() {}

    /**
     * Returns what to add to the message about an unknown name.
     *
     * @param written the unknown name; of a flag, with its dashes and without its value
     * @param known the names that exist
     * @return such as {@code ; did you mean append?}, or nothing if no name resembles it
     */
    public static String of(String written, Collection<String> known) {
        Optional<String> nearest = known.stream()
                .filter(name -> distance(written, name) <= Math.max(1, Math.min(written.length(), name.length()) / 3))
                .min(Comparator.comparingInt(name -> distance(written, name)));
        return nearest.map(name -> "; did you mean " + name + "?").orElse("");
    }

    /** The text before the value of a flag. */
    public static String nameOf(String argument) {
        int equals = argument.indexOf('=');
        return equals < 0 ? argument : argument.substring(0, equals);
    }

    /** How many letters must be inserted, deleted, replaced or exchanged with the next one. */
    private static int distance(String a, String b) {
        int[][] costs = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                costs[i][j] = i == 0 || j == 0 ? i + j : cost(a, b, i, j, costs);
            }
        }
        return costs[a.length()][b.length()];
    }

    private static int cost(String a, String b, int i, int j, int[][] costs) {
        boolean isSame = a.charAt(i - 1) == b.charAt(j - 1);
        int cost = Math.min(costs[i - 1][j - 1] + (isSame ? 0 : 1), 1 + Math.min(costs[i - 1][j], costs[i][j - 1]));
        boolean isExchanged =
                i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return isExchanged ? Math.min(cost, costs[i - 2][j - 2] + 1) : cost;
    }
}
