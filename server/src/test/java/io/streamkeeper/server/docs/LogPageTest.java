package io.streamkeeper.server.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/log.md} has each line that is logged at INFO or above, and no other. The lines are found in the source: the
 * first argument of each call of a logger, which must be a literal.
 */
class LogPageTest {
    private static final List<String> MODULES = List.of("protocol", "client", "storage", "cluster", "server");

    private static final Pattern CALL = Pattern.compile(
            "(?:\\bLOG|getLogger\\([\\w.]+\\))\\s*\\.(error|warn|info|atError|atWarn|atInfo|log)\\(\\s*");
    private static final Pattern LITERALS = Pattern.compile("\\G\\s*\\+?\\s*\"((?:[^\"\\\\]|\\\\.)*)\"(?=\\s*[+,)])");
    private static final Pattern ROW =
            Pattern.compile("^\\| (error|warn|info) \\| `([^`]*)` \\| .+ \\|$", Pattern.MULTILINE);

    @Test
    void thePageHasEachLineOfTheSource() throws IOException {
        Map<String, Set<String>> lines = lines();
        assertThat(lines).as("lines that were found").hasSizeGreaterThan(60);
        Map<String, Set<String>> missing = new TreeMap<>(lines);
        missing.keySet().removeAll(rows());
        assertThat(missing)
                .as("lines that docs/log.md lacks, and where they are")
                .isEmpty();
    }

    @Test
    void thePageHasNoOtherLine() throws IOException {
        assertThat(rows()).isSubsetOf(lines().keySet());
    }

    private static Set<String> rows() throws IOException {
        return ROW.matcher(Documents.page("log.md"))
                .results()
                .map(row -> row.group(1) + " " + row.group(2))
                .collect(Collectors.toSet());
    }

    /** The level and the message of each call, with an ellipsis for each value; and the files that have it. */
    private static Map<String, Set<String>> lines() throws IOException {
        Map<String, Set<String>> lines = new TreeMap<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String source = Files.readString(file, UTF_8);
                    Matcher call = CALL.matcher(source);
                    while (call.find()) {
                        lines.computeIfAbsent(
                                        call.group(1) + " " + message(source, call.end()), text -> new TreeSet<>())
                                .add(String.valueOf(file.getFileName()));
                    }
                }
            }
        }
        return lines;
    }

    private static String message(String source, int start) {
        StringBuilder message = new StringBuilder();
        Matcher literal = LITERALS.matcher(source);
        for (int at = start; literal.find(at); at = literal.end()) {
            message.append(literal.group(1));
        }
        assertThat(message)
                .as("the message of %s", source.substring(start, Math.min(start + 80, source.length())))
                .isNotEmpty();
        return message.toString().replace("\\\"", "\"").replace("{}", "…");
    }
}
