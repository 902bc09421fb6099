package io.streamkeeper.protocol.output;

import java.util.List;
import java.util.regex.Pattern;

/** Finds stack traces and leak reports in what was printed. */
public final class Traces {
    private static final Pattern LINE = Pattern.compile(
            "\\s+at \\S.*\\(.*\\)|\\s*(Caused by|Suppressed): .*|.*\\bException in thread .*|.*\\bLEAK: .*");

    private Traces() {}

    /** Returns the lines of {@code text} that belong to a stack trace or report a leak. */
    public static List<String> in(String text) {
        return text.lines().filter(Traces::isTrace).toList();
    }

    static boolean isTrace(String line) {
        return LINE.matcher(line).matches();
    }
}
