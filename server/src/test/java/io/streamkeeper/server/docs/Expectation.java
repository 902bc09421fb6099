package io.streamkeeper.server.docs;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares the expected output in a document with the actual one. They must be equal, except that the document may omit
 * fields of an HTTP head; a line {@code …} or {@code ...} stands for any lines, and {@code …} within a line for any
 * text. Generations are those of this run, see {@link Names}; cursors, retry times and dates may have any value.
 */
final class Expectation {
    private static final Pattern ANY_LINES = Pattern.compile("…|\\.\\.\\.");
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] \\d{3} .*");

    /** The parts that may have any value: omitted text, a cursor, a date. */
    private static final Pattern ANY =
            Pattern.compile("…|(?<=Stream-Cursor: )\\d+|(?<=\"streamCursor\":\")\\d+|(?<=^Date: ).*|(?<=^retry: )\\d+");

    private final List<String> written;
    private final List<String> printed;
    private int furthest;

    private Expectation(List<String> written, List<String> printed) {
        this.written = withoutEnd(written);
        this.printed = withoutEnd(printed);
    }

    private static List<String> withoutEnd(List<String> lines) {
        int end = lines.size();
        while (end > 0 && lines.get(end - 1).isBlank()) {
            end--;
        }
        return lines.subList(0, end);
    }

    /**
     * Compares.
     *
     * @return the names that are bound so far
     * @throws AssertionError if the lines differ
     */
    static Names compare(List<String> written, List<String> printed, Names names) {
        Expectation expectation = new Expectation(written, printed);
        Names bound = expectation.match(0, 0, names);
        if (bound == null) {
            throw new AssertionError(expectation.difference());
        }
        return bound;
    }

    private String difference() {
        String line = furthest < written.size()
                ? "nothing printed is the line: " + written.get(furthest)
                : "more is printed than is written";
        return line + "\n--- written\n" + String.join("\n", written) + "\n--- printed\n" + String.join("\n", printed);
    }

    /** The names after the remaining lines, or null if those differ. */
    private @Nullable Names match(int line, int out, Names names) {
        furthest = Math.max(furthest, line);
        if (line < written.size() && ANY_LINES.matcher(written.get(line)).matches()) {
            for (int skipped = out; skipped <= printed.size(); skipped++) {
                Names bound = match(line + 1, skipped, names);
                if (bound != null) {
                    return bound;
                }
            }
            return null;
        }
        if (out == printed.size()) {
            return line == written.size() ? names : null;
        }
        Names bound = line < written.size() ? matchLine(written.get(line), printed.get(out), names) : null;
        if (bound != null) {
            bound = match(line + 1, out + 1, bound);
        }
        return bound == null && isField(out) ? match(line, out + 1, names) : bound;
    }

    /** Whether the printed line is a field of a head, which a document may omit. */
    private boolean isField(int out) {
        int first = out;
        while (first >= 0 && !printed.get(first).isEmpty()) {
            if (STATUS.matcher(printed.get(first)).matches()) {
                return first < out;
            }
            first--;
        }
        return false;
    }

    private static @Nullable Names matchLine(String written, String printed, Names names) {
        Matcher matcher = names.pattern(written, Expectation::pattern).matcher(printed);
        return matcher.matches() ? names.with(written, matcher) : null;
    }

    private static String pattern(String text) {
        StringBuilder pattern = new StringBuilder();
        Matcher any = ANY.matcher(text);
        int end = 0;
        while (any.find()) {
            boolean digits = any.group().matches("\\d+");
            pattern.append(Pattern.quote(text.substring(end, any.start()))).append(digits ? "\\d+" : ".*");
            end = any.end();
        }
        return pattern + Pattern.quote(text.substring(end));
    }
}
