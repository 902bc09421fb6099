package io.streamkeeper.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
    @ValueSource(strings = {"", "/a", "a/", "a//b", "*a*b*c*d*e*"})
    void aPatternThatMatchesNothingOrHasTooManyWildcardsIsRefused(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathPattern.parse(pattern))
                .withMessageContaining("'" + pattern + "'")
                .withMessageContaining("expected");
    }

    @Test
    void theLongestPathAndTheMostWildcardsTakeABoundedTime() {
        String path = "a".repeat(1_024);
        assertThat(PathPattern.parse("*a*a*a*b").matches(path.substring(0, 200), ""))
                .isFalse();
    }
}
