package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "chat/42, chat/42, true",
        "chat/42, chat/421, false",
        "chat/42, chat/42/a, false",
        "chat/*, chat/42, true",
        "chat/*, chat/42/a, false",
        "chat/*, chat, false",
        "chat/*/log, chat/42/log, true",
        "chat/*/log, chat/42/43/log, false",
        "chat/a*z, chat/abcz, true",
        "chat/a*z, chat/abc, false",
        "chat/**, chat/42/a/b, true",
        "chat/**, chats/42, false",
        "**, a/b, true",
        "**/log, a/b/log, true",
        "**/log, log, false",
        "a/**/z, a/b/c/z, true",
        "users/{sub}/**, users/alice/a, true",
        "users/{sub}/**, users/alicea/a, false",
        "users/{sub}/**, users/bob/a, false",
        "users/{sub}, users/alice, true",
        "{sub}, alice, true",
        "x-{sub}-y, x-alice-y, true",
        "{other}, alice, false"
    })
    void matchesAsDocumented(String pattern, String path, boolean matches) {
        assertThat(PathPattern.parse(pattern).matches(path, "alice")).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "'a/b', users/a/b",
        "'*', users/alice",
        "'**', users/alice/x",
        "'', users/",
        "'', users",
        "'{sub}', users/x"
    })
    void aNameIsNeverAWildcardAndNeverReachesIntoAnotherSegment(String name, String path) {
        assertThat(PathPattern.parse("users/{sub}").matches(path, name)).isFalse();
    }

    @Test
    void aPrefixIsThePathItselfAndAllBelowIt() {
        PathPattern[] prefix = PathPattern.prefix("tenants/*");
        assertThat(prefix[0].matches("tenants/*", "")).isTrue();
        assertThat(prefix[1].matches("tenants/*/a/b", "")).isTrue();
        assertThat(prefix[0].matches("tenants/x", "")).isFalse();
        assertThat(prefix[1].matches("tenants/x/a", "")).isFalse();
        assertThat(prefix[1].matches("tenants/*a", "")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b"})
    void aPatternThatMatchesNothingIsRefused(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathPattern.parse(pattern))
                .withMessageContaining("'" + pattern + "'")
                .withMessageContaining("expected");
    }

    @Test
    void aPathWithManyPlacesForEachWildcardTakesABoundedTime() {
        String path = "logs/" + "-".repeat(1_000);
        for (String pattern : List.of("logs/*-*-*-*x", "logs/**-**-**-**x", "logs/" + "*-".repeat(100) + "x")) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> assertThat(PathPattern.parse(pattern).matches(path, ""))
                            .isFalse(),
                    pattern);
        }
    }

    @Test
    void randomPatternsMatchAsTheirRegularExpressions() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            String pattern =
                    random(random, 8, "a", "b", "/", "*", "**", "{sub}").replaceAll("//+|^/|/$", "a");
            String path = random(random, 10, "a", "b", "/", "ab", "*");
            String name = random(random, 2, "a", "ab", "b", "/");
            if (!pattern.isEmpty()) {
                assertThat(PathPattern.parse(pattern).matches(path, name))
                        .as("seed %d: %s, %s, %s", seed, pattern, path, name)
                        .isEqualTo(Pattern.matches(expression(pattern, name), path));
            }
        }
    }

    private static String random(Random random, int most, String... parts) {
        StringBuilder text = new StringBuilder();
        for (int count = random.nextInt(most + 1); count > 0; count--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    private static String expression(String pattern, String name) {
        String literalName = name.isEmpty() || name.contains("/") ? "(?!)" : Pattern.quote(name);
        return Pattern.compile("\\*\\*|\\*|\\{sub}|[^*{]+")
                .matcher(pattern)
                .replaceAll(token -> Matcher.quoteReplacement(
                        switch (token.group()) {
                            case "**" -> ".*";
                            case "*" -> "[^/]*";
                            case "{sub}" -> literalName;
                            default -> Pattern.quote(token.group());
                        }));
    }
}
