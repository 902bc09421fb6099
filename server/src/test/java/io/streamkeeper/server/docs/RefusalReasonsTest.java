package io.streamkeeper.server.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Codes that stand for several reasons have each reason in docs/errors.md. The reasons are found in the source: the
 * text of what is given with such a code, of the variables and methods that give it, and of the store's exceptions that
 * become one.
 */
class RefusalReasonsTest {
    private static final Pattern REFUSAL = Pattern.compile(
            "ErrorCode\\.(REQUEST_TIMEOUT|BODY_TOO_LARGE|OVERLOADED|SHUTTING_DOWN|STORAGE_FAILED|STORAGE_FULL)\\s*,"
                    + "|new Storage(?:Busy|Full|Failed)Exception\\(");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern NAME = Pattern.compile("(\\w+)(\\(.*\\))?", Pattern.DOTALL);

    /** What is shorter says nothing by itself. */
    private static final int LETTERS_MIN = 8;

    @Test
    void everyReasonIsThere() throws IOException {
        TreeMap<String, Set<String>> reasons = new TreeMap<>();
        for (String module : List.of("protocol", "storage", "server")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    reasonsIn(Files.readString(file, UTF_8))
                            .forEach(reason -> reasons.computeIfAbsent(reason, text -> new TreeSet<>())
                                    .add(String.valueOf(file.getFileName())));
                }
            }
        }
        assertThat(reasons).as("reasons that were found").hasSizeGreaterThan(20);
        String page = Documents.page("errors.md").replaceAll("\\s+", " ");
        TreeMap<String, Set<String>> missing = new TreeMap<>(reasons);
        missing.keySet().removeIf(page::contains);
        assertThat(missing)
                .as("reasons that docs/errors.md lacks, and where they are")
                .isEmpty();
    }

    private static List<String> reasonsIn(String source) {
        List<String> reasons = new ArrayList<>();
        Matcher refusal = REFUSAL.matcher(source);
        while (refusal.find()) {
            String given = upToEnd(source, refusal.end());
            reasons.addAll(literals(given));
            Matcher name = NAME.matcher(given.strip());
            if (name.matches()) {
                String text = name.group(2) == null ? assigned(source, name.group(1)) : returned(source, name.group(1));
                reasons.addAll(literals(text));
            }
        }
        return reasons;
    }

    /** Up to the parenthesis that ends the call. */
    private static String upToEnd(String source, int start) {
        int depth = 0;
        boolean quoted = false;
        for (int at = start; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == '"' && source.charAt(at - 1) != '\\') {
                quoted = !quoted;
            } else if (!quoted && c == '(') {
                depth++;
            } else if (!quoted && c == ')' && depth-- == 0) {
                return source.substring(start, at);
            }
        }
        throw new AssertionError(
                "a call does not end: " + source.substring(start, Math.min(start + 80, source.length())));
    }

    private static String assigned(String source, String variable) {
        StringBuilder all = new StringBuilder();
        Matcher assignment = Pattern.compile("\\b" + variable + " = ([^;]*);").matcher(source);
        while (assignment.find()) {
            all.append(assignment.group(1));
        }
        return all.toString();
    }

    private static String returned(String source, String method) {
        Matcher body = Pattern.compile("String " + method + "\\([^)]*\\) \\{(.*?)\n    }", Pattern.DOTALL)
                .matcher(source);
        return body.find() ? body.group(1) : "";
    }

    private static List<String> literals(String expression) {
        List<String> found = new ArrayList<>();
        Matcher literal = LITERAL.matcher(expression);
        while (literal.find()) {
            String text = literal.group(1).replace("\\\"", "\"").strip();
            if (text.chars().filter(Character::isLetter).count() >= LETTERS_MIN) {
                found.add(text);
            }
        }
        return found;
    }
}
